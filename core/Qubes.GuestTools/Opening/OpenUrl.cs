using System.Text;
using Qubes.GuestTools.Commands;
using Qubes.GuestTools.Desktop;

namespace Qubes.GuestTools.Opening;

/// <summary>
/// The service <c>qubes.OpenURL</c>: one line with a URL, which is opened; it waits until the program that does so has ended.
/// <code>
/// input = ( "http://" / "https://" / "ftp://" ) 1*VCHAR LF        at most 64 KiB, nothing else in it
/// </code>
/// </summary>
internal sealed class OpenUrl : ICommand
{
    private const int Longest = 64 * 1024;

    private static readonly string[] Schemes = ["http://", "https://", "ftp://"];

    public string Name => "qubes.OpenURL";

    public string Usage => "(a URL on standard input)";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        var line = await ReadLineAsync(surroundings.Input, cancellation);
        if (Array.Find(Schemes, s => line.StartsWith(s, StringComparison.Ordinal)) is not { } scheme
            || line.Length == scheme.Length || !line.All(c => c is > ' ' and < (char)0x7F))
            throw new CommandException($"that is no URL which is accepted; those that start with {string.Join(", ", Schemes)} are");
        var program = await new Handlers(surroundings).ForUrlAsync(line, cancellation);
        return await program.RunAsync(cancellation);
    }

    private static async Task<string> ReadLineAsync(Stream input, CancellationToken cancellation)
    {
        var buffer = new byte[Longest];
        var length = 0;
        while (length < Longest)
        {
            var count = await input.ReadAsync(buffer.AsMemory(length), cancellation);
            var end = buffer.AsSpan(length, count).IndexOf((byte)'\n');
            if (end >= 0 || count == 0)
                return Encoding.Latin1.GetString(buffer, 0, end >= 0 ? length + end : length);
            length += count;
        }

        throw new CommandException($"the URL has over {Longest} bytes, which is the most accepted");
    }
}
