using System.Buffers;
using System.Globalization;
using System.Text;

namespace Qubes.Plugins.MemoryManager.Clients;

/// <summary>What a qmemman client asks (spec: qmemman, section 7).</summary>
internal abstract record ClientRequest
{
    /// <summary>Bytes of a request, its line feed included.</summary>
    public const int Longest = 1024;

    private static readonly SearchValues<byte> Allowed = SearchValues.Create(" :0123456789"u8);

    /// <summary>Free that many bytes, and keep them free.</summary>
    public sealed record Free(long Bytes) : ClientRequest;

    /// <summary>Have machines do with that many bytes each; null: with what they prefer to have.</summary>
    public sealed record Set(IReadOnlyDictionary<int, long?> Machines) : ClientRequest;

    // request = ( free / set ) LF
    // free    = number                          bytes
    // set     = pair *( SP pair )               each machine once
    // pair    = number ":" number               machine's id, 1 to 2^31-1, and bytes; 0 bytes: as it prefers
    // number  = 1*16DIGIT                       at most 2^53
    // ASCII, at most 1024 bytes with LF; anything else is no request.

    /// <summary>Null: it is no request.</summary>
    /// <param name="line">Without its line feed.</param>
    public static ClientRequest? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length >= Longest || line.ContainsAnyExcept(Allowed))
            return null;
        var text = Encoding.ASCII.GetString(line);
        if (!text.Contains(':'))
            return Number(text) is { } bytes ? new Free(bytes) : null;
        var machines = new Dictionary<int, long?>();
        foreach (var pair in text.Split(' '))
        {
            if (pair.Split(':') is not [var idText, var bytesText]
                || Number(idText) is not (>= 1 and <= int.MaxValue and var id)
                || Number(bytesText) is not { } bytes
                || !machines.TryAdd((int)id, bytes == 0 ? null : bytes))
                return null;
        }
        return new Set(machines);
    }

    private static long? Number(string text) =>
        text.Length is >= 1 and <= 16 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 1L << 53
            ? number
            : null;
}
