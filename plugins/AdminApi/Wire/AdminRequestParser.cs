using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Qubes.Plugins.AdminApi.Wire;

// request     = call SP source SP kind SP destination NUL payload      (spec: Admin API, section 2)
// call        = method [ "+" argument ]        ; split at the first "+"; the argument may hold more of them
// kind        = "name" | "keyword"             ; keyword only with destination "adminvm", which means "name dom0"
// destination = everything up to the first NUL, spaces included
// payload     = everything after that NUL, NULs included
internal static class AdminRequestParser
{
    /// <summary>Header, NUL and payload together, bytes.</summary>
    public const int MaxLength = 65536;

    /// <summary>False is a framing error, which is answered with nothing.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out AdminRequest? request)
    {
        request = null;
        ReadOnlySpan<byte> header = bytes.Span;
        int nul = header.IndexOf((byte)0);
        if (nul < 0 || bytes.Length > MaxLength)
            return false;
        header = header[..nul];

        if (!TryCut(ref header, out ReadOnlySpan<byte> call) || !TryCut(ref header, out ReadOnlySpan<byte> source)
            || !TryCut(ref header, out ReadOnlySpan<byte> kind))
            return false;
        ReadOnlySpan<byte> destination = header;
        if (kind.SequenceEqual("keyword"u8) && destination.SequenceEqual("adminvm"u8))
            destination = "dom0"u8;
        else if (!kind.SequenceEqual("name"u8))
            return false;

        int plus = call.IndexOf((byte)'+');
        ReadOnlySpan<byte> method = plus < 0 ? call : call[..plus];
        ReadOnlySpan<byte> argument = plus < 0 ? default : call[(plus + 1)..];
        if (!Ascii.IsValid(method))
            return false;

        request = new(Text(method), Text(argument), Text(source), Text(destination), bytes[(nul + 1)..]);
        return true;
    }

    /// <summary>Takes what stands before the next space off the rest.</summary>
    private static bool TryCut(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> token)
    {
        int space = rest.IndexOf((byte)' ');
        token = space < 0 ? default : rest[..space];
        rest = space < 0 ? rest : rest[(space + 1)..];
        return space >= 0;
    }

    private static string Text(ReadOnlySpan<byte> bytes) =>
        bytes.SequenceEqual("dom0"u8) ? "dom0" : Encoding.Latin1.GetString(bytes);
}
