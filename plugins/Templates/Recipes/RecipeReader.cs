using System.Globalization;
using Qubes.Sdk.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Qubes.Plugins.Templates.Recipes;

/// <summary>
/// Reads a recipe. Strict: an unknown key, a value of the wrong kind or a path that leads elsewhere is refused with the
/// file, the line and what is accepted.
/// </summary>
/// <remarks>
/// The file is one YAML mapping. Required: <c>name</c> (that of the file), <c>suite</c>. Optional: <c>description</c>,
/// <c>packages</c>, <c>services</c>, <c>post</c> (lists of text), <c>files</c> (a list of <c>source</c>, <c>target</c>,
/// <c>mode</c>), <c>root_size</c>, <c>private_size</c> (a number and M or G), <c>memory</c> (MiB), <c>user</c>.
/// </remarks>
internal static class RecipeReader
{
    /// <summary>A recipe file may be this long, bytes.</summary>
    public const int LargestFile = 64 << 10;

    private const long Mebibyte = 1L << 20;

    private static readonly string[] _keys =
    [
        "name", "description", "suite", "packages", "services", "files", "root_size", "private_size", "memory", "user", "post",
    ];

    /// <summary>Reads the recipe in a file.</summary>
    /// <exception cref="QubesException">It is no recipe.</exception>
    public static Recipe Read(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > LargestFile)
                throw new QubesException($"{path}: a recipe has at most {LargestFile} bytes, not {length}");
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubesException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads the text of a recipe.</summary>
    /// <param name="path">The file's absolute path, for messages and relative sources.</param>
    /// <param name="text">Its content.</param>
    public static Recipe Parse(string path, string text)
    {
        var values = Load(path, text).Map(_keys);
        var name = Require(values, "name", path, RecipeSyntax.Name, "a letter and at most 26 more of 'A-Za-z0-9_.-'");
        if (name != Path.GetFileNameWithoutExtension(path))
            throw values["name"].Refuse($"'name' is '{name}', which the file must be called after: '{name}.yaml'");
        var suite = Require(values, "suite", path, RecipeSyntax.Suite, "a release such as 'bookworm'");
        var description = values.TryGetValue("description", out var line) ? Printable.Of(line.Text("one line of text")) : "";

        var recipe = new Recipe(name, description, suite)
        {
            Packages = Words(values, "packages", RecipeSyntax.Package, "names of Debian packages"),
            Services = Words(values, "services", RecipeSyntax.Service, "names of services, e.g. 'dz.Convert'"),
            Files = values.TryGetValue("files", out var files) ? RecipeFiles.Read(files, Path.GetDirectoryName(path)!) : [],
            Post = values.TryGetValue("post", out var post) ? [.. post.List().Select(c => c.Text("shell commands"))] : [],
        };
        if (values.TryGetValue("root_size", out var root))
            recipe = recipe with { RootSize = Size(root, 64 * Mebibyte) };
        if (values.TryGetValue("private_size", out var home))
            recipe = recipe with { PrivateSize = Size(home, 16 * Mebibyte) };
        if (values.TryGetValue("memory", out var memory))
            recipe = recipe with { Memory = Memory(memory) };
        return values.TryGetValue("user", out var user) ? recipe with { User = User(user) } : recipe;
    }

    private static RecipeNode Load(string path, string text)
    {
        var stream = new YamlStream();
        try
        {
            RefuseDepth(path, text);
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new QubesException($"{path}:{e.Start.Line}: not YAML: {Printable.Of(e.Message)}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // What this version of the parser throws, without a place, for some broken brackets and for names used as keys.
            throw new QubesException($"{path}:1: not YAML: brackets do not match, or '*' stands where a value should", e);
        }
        return stream.Documents is [var document]
            ? new RecipeNode(path, "the recipe", document.RootNode)
            : throw new QubesException($"{path}:1: a recipe is one YAML document, not {stream.Documents.Count}");
    }

    // The tree is loaded recursively; a file of brackets would take the stack, and with it the daemon.
    private static void RefuseDepth(string path, string text)
    {
        const int most = 8;
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > most)
                throw new QubesException($"{path}:{parser.Current.Start.Line}: nested too deeply; a recipe has lists of words and of files");
        }
    }

    private static string Require(
        IReadOnlyDictionary<string, RecipeNode> values, string key, string path, Predicate<string> valid, string accepted)
    {
        if (!values.TryGetValue(key, out var node))
            throw new QubesException($"{path}:1: '{key}' is missing; it takes {accepted}");
        return Word(node, valid, accepted);
    }

    private static string Word(RecipeNode node, Predicate<string> valid, string accepted)
    {
        var text = node.Text(accepted);
        return valid(text) ? text : throw node.RefuseValue(accepted);
    }

    private static List<string> Words(
        IReadOnlyDictionary<string, RecipeNode> values, string key, Predicate<string> valid, string accepted)
    {
        if (!values.TryGetValue(key, out var list))
            return [];
        var words = new List<string>();
        foreach (var node in list.List())
        {
            var word = Word(node, valid, accepted);
            if (words.Contains(word))
                throw node.Refuse($"'{key}' names '{word}' twice; once is enough");
            words.Add(word);
        }
        return words;
    }

    private static string User(RecipeNode node)
    {
        const string accepted = "a user other than root: a letter and at most 30 more of 'a-z0-9_-'";
        return Word(node, text => text != "root" && RecipeSyntax.User(text), accepted);
    }

    private static int Memory(RecipeNode node)
    {
        const string accepted = "MiB from 64 to 1048576";
        return (int)Number(node, node.Text(accepted), accepted, 64, 1 << 20);
    }

    private static long Size(RecipeNode node, long least)
    {
        var accepted = $"a number and M or G, from {least / Mebibyte}M to 1024G";
        var text = node.Text(accepted);
        var unit = text[^1] switch { 'M' => Mebibyte, 'G' => Mebibyte << 10, _ => throw node.RefuseValue(accepted) };
        return Number(node, text[..^1], accepted, (least + unit - 1) / unit, (Mebibyte << 20) / unit) * unit;
    }

    private static long Number(RecipeNode node, string digits, string accepted, long least, long most) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw node.RefuseValue(accepted);
}
