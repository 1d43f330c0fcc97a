using Qubes.Sdk.Errors;
using YamlDotNet.RepresentationModel;

namespace Qubes.Plugins.Templates.Recipes;

/// <summary>A value in a recipe file that knows where it stands, so that a refusal can say so.</summary>
internal readonly record struct RecipeNode(string File, string Key, YamlNode Node)
{
    public QubesException Refuse(string why) => new($"{File}:{Node.Start.Line}: {why}");

    public QubesException RefuseValue(string accepted) => Refuse($"'{Key}' takes {accepted}, not '{Shown}'");

    /// <summary>The value as text.</summary>
    public string Text(string accepted) =>
        Node is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw RefuseValue(accepted);

    /// <summary>The elements of a list; an element that is given twice is refused.</summary>
    public IReadOnlyList<RecipeNode> List()
    {
        if (Node is not YamlSequenceNode list)
            throw RefuseValue("a list, one '- ' line each");
        var (file, key) = (File, Key);
        return [.. list.Children.Select(child => new RecipeNode(file, key, child))];
    }

    /// <summary>The values of a mapping by key.</summary>
    public IReadOnlyDictionary<string, RecipeNode> Map(params string[] known)
    {
        if (Node is not YamlMappingNode map)
            throw RefuseValue($"keys and values; the keys are {string.Join(", ", known)}");
        var values = new Dictionary<string, RecipeNode>(StringComparer.Ordinal);
        foreach (var (name, value) in map.Children)
        {
            var key = (name as YamlScalarNode)?.Value ?? "";
            if (!known.Contains(key))
                throw (this with { Node = name }).Refuse($"unknown key '{Printable.Of(key)}'; known are {string.Join(", ", known)}");
            values.Add(key, new RecipeNode(File, key, value));
        }
        return values;
    }

    private string Shown => Node switch
    {
        YamlScalarNode scalar => Printable.Of(scalar.Value ?? ""),
        YamlSequenceNode => "a list",
        _ => "keys and values",
    };
}
