using System.Buffers;
using System.Globalization;
using System.Net;

namespace Qubes.Qrexec.Rpc;

/// <summary>The address of a service that is a symbolic link to below <c>/dev/tcp</c> (spec: protocol, section 9).</summary>
internal static class TcpServiceAddress
{
    private const string Root = "/dev/tcp";
    private static readonly SearchValues<char> InAddress = SearchValues.Create("0123456789abcdefABCDEF.:");

    // link     = "/dev/tcp" [ "/" HOST [ "/" PORT ] ]
    // argument = PORT if only that is missing, HOST "+" PORT if both are, else none
    // HOST     = an IPv4 or IPv6 address; within an argument "+" stands for ":"
    // PORT     = 1 … 65535, no leading zero

    /// <summary>Whether a link leads to such an address, well-formed or not.</summary>
    public static bool IsMeant(string target) => target == Root || target.StartsWith(Root + "/", StringComparison.Ordinal);

    /// <summary>The address that a link and the argument of a call make together; null if they make none.</summary>
    public static IPEndPoint? TryResolve(string target, string? argument)
    {
        var given = argument ?? "";
        string host, port;
        switch (target[Root.Length..].Split('/'))
        {
            case ["", var linkHost, var linkPort] when given.Length == 0:
                (host, port) = (linkHost, linkPort);
                break;
            case ["", var linkHost]:
                (host, port) = (linkHost, given);
                break;
            case [""] when given.LastIndexOf('+') is > 0 and var plus:
                (host, port) = (given[..plus].Replace('+', ':'), given[(plus + 1)..]);
                break;
            default:
                return null;
        }

        return TryAddress(host) is { } address && TryPort(port) is { } number ? new IPEndPoint(address, number) : null;
    }

    // The framework takes octal, hexadecimal and short forms of IPv4 and scopes and brackets of IPv6, none of which is meant.
    private static IPAddress? TryAddress(string text) =>
        !text.AsSpan().ContainsAnyExcept(InAddress) && IPAddress.TryParse(text, out var address)
        && (text.Contains(':', StringComparison.Ordinal) || address.ToString() == text)
            ? address
            : null;

    private static int? TryPort(string text) =>
        text.Length is > 0 and <= 5 && text[0] != '0'
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : null;
}
