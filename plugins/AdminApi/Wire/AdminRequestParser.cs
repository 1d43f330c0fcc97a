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
        int nul = bytes.Span.IndexOf((byte)0);
        if (nul < 0 || bytes.Length > MaxLength)
            return false;

        string[] tokens = Encoding.Latin1.GetString(bytes.Span[..nul]).Split(' ', 4);
        if (tokens is not [var call, var source, var kind, var destination])
            return false;
        if (kind == "keyword" && destination == "adminvm")
            destination = "dom0";
        else if (kind != "name")
            return false;

        int plus = call.IndexOf('+', StringComparison.Ordinal);
        string method = plus < 0 ? call : call[..plus];
        string argument = plus < 0 ? "" : call[(plus + 1)..];
        if (!Ascii.IsValid(method))
            return false;

        request = new(method, argument, source, destination, bytes[(nul + 1)..]);
        return true;
    }
}
