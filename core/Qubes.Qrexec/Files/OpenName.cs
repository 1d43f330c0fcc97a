using System.Text;

namespace Qubes.Qrexec.Files;

/// <summary>
/// The name that comes before a file to open (spec: conversion services, section 4):
/// <code>
/// name = 256 bytes, padded with NUL: [ "view-only-" ] base name
/// </code>
/// </summary>
/// <param name="Name">A file name of letters, digits and <c>. _ - + @</c>; not <c>.</c> or <c>..</c>.</param>
/// <param name="IsViewOnly">Whether changes are not wanted back.</param>
public sealed record OpenName(string Name, bool IsViewOnly)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 256;

    private const string Prefix = "view-only-";

    /// <summary>Of a name that is too long its end is kept: that is where the type is seen.</summary>
    public static byte[] Encode(string path, bool viewOnly)
    {
        var prefix = viewOnly ? Prefix : "";
        var name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        var room = Size - 1 - prefix.Length;
        var field = new byte[Size];
        Encoding.ASCII.GetBytes(prefix, field);
        name.AsSpan(Math.Max(0, name.Length - room)).CopyTo(field.AsSpan(prefix.Length));
        return field;
    }

    /// <summary>Reads the 256 bytes. The last one counts as NUL; bytes that a name may not have become <c>_</c>.</summary>
    /// <returns>Null if that leaves no name of a file, or there is a <c>/</c> in it.</returns>
    public static OpenName? TryDecode(ReadOnlySpan<byte> field)
    {
        var end = field[..(Size - 1)].IndexOf((byte)0);
        var text = field[..(end < 0 ? Size - 1 : end)];
        var viewOnly = text.StartsWith("view-only-"u8);
        if (viewOnly)
            text = text[Prefix.Length..];
        if (text.IsEmpty || text.Contains((byte)'/'))
            return null;
        var name = string.Create(text.Length, text, static (result, bytes) =>
        {
            for (var i = 0; i < result.Length; i++)
                result[i] = IsAccepted((char)bytes[i]) ? (char)bytes[i] : '_';
        });
        return name is "." or ".." ? null : new OpenName(name, viewOnly);
    }

    private static bool IsAccepted(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+' or '@';
}
