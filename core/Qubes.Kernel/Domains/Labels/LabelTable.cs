using System.Buffers;
using System.Globalization;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Labels;

/// <summary>The known labels in index order (spec: Admin API, sections 6.9 and 7.5).</summary>
internal sealed class LabelTable(IStateWriter state)
{
    private static readonly SearchValues<char> NameText =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private readonly List<Label> labels = [.. BuiltInLabels.All];

    public IReadOnlyList<Label> All => labels;

    /// <summary>The label of that name, or of that index in text form, or <c>label-INDEX</c>.</summary>
    public Label Find(string text)
    {
        const string prefix = "label-";
        var index = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        var label = labels.Find(l => l.Name == text) ?? labels.Find(l => l.Index.ToString(CultureInfo.InvariantCulture) == index);
        return label ?? throw new LabelNotFoundException(
            $"Unknown label '{text}'; known: {string.Join(", ", labels.Select(l => l.Name))}");
    }

    public Label Add(string name, string color)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameText) || name.All(char.IsAsciiDigit))
            throw new InvalidLabelException(
                $"Invalid label name '{name}': letters, digits, '-', '_' and '.' are accepted, and not digits alone");
        var isColor = color.Length == 8 && color.StartsWith("0x", StringComparison.Ordinal) && color.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0;
        if (!isColor)
            throw new InvalidLabelValueException($"Invalid label colour '{color}': 0xrrggbb with hexadecimal digits is accepted");
        if (labels.Exists(l => l.Name == name))
            throw new LabelInUseException($"A label called '{name}' exists already");
        var label = new Label(Math.Max(BuiltInLabels.LastIndex, labels[^1].Index) + 1, name, color.ToLowerInvariant());
        labels.Add(label);
        state.PutLabel(new StoredLabel(label.Index, label.Name, label.Color));
        return label;
    }

    /// <param name="label">One of these.</param>
    /// <param name="wearer">Who wears it, if anybody does.</param>
    public void Remove(Label label, IQube? wearer)
    {
        if (label.Index <= BuiltInLabels.LastIndex)
            throw new ProtocolException($"The label '{label.Name}' is built in and cannot be removed");
        if (wearer is not null)
            throw new LabelInUseException($"The label '{label.Name}' is worn by '{wearer.Name}'; give that one another first");
        labels.Remove(label);
        state.DeleteLabel(label.Index);
    }

    /// <summary>Puts a stored label in place.</summary>
    public void Restore(Label label)
    {
        if (label.Index > BuiltInLabels.LastIndex)
            labels.Add(label);
    }

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");
}
