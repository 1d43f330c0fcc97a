using System.Text;

namespace Qubes.Integration.Tests.Admin;

/// <summary>A whole answer.</summary>
internal sealed record AdminReply(byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The result; fails when the answer is anything else.</summary>
    public string Ok => Text.StartsWith("0\0", StringComparison.Ordinal) ? Text[2..] : throw new InvalidOperationException(ToString());

    /// <summary>The class of a refusal; null for other answers.</summary>
    public string? Exception => Text.StartsWith("2\0", StringComparison.Ordinal) ? Text.Split('\0')[1] : null;

    /// <summary>Whether it is one of the three that there can be, to the byte.</summary>
    public bool IsWellFormed =>
        Bytes.Length == 0
        || Text.StartsWith("0\0", StringComparison.Ordinal)
        || (Text.StartsWith("2\0", StringComparison.Ordinal) && Text.EndsWith('\0') && Text.Count(c => c == '\0') == 4);

    public override string ToString() => Text.Replace('\0', '|');
}
