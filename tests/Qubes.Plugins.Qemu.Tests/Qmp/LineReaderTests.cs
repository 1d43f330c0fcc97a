using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Qemu.Qmp;

namespace Qubes.Plugins.Qemu.Tests.Qmp;

public sealed class LineReaderTests
{
    [Fact]
    public void Lines_come_out_as_they_went_in_however_they_are_cut() =>
        Check.QuickThrowOnFailure(Prop.ForAll<string[], int>((texts, step) =>
        {
            string[] lines = [.. texts.Select(text => (text ?? "").Replace('\n', ' '))];
            var stream = new CutStream(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))),
                1 + (step & int.MaxValue) % 7);
            return ReadAll(stream).SequenceEqual(lines.Select(line => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line))));
        }));

    [Fact]
    public void Long_lines_pass_up_to_the_limit_and_an_unfinished_one_does_not_count()
    {
        var line = new string('x', LineReader.MaximumLine - 1);
        Assert.Equal([line, "y"], ReadAll(new CutStream(Encoding.ASCII.GetBytes(line + "\ny\nunfinished"), 60_000)));
    }

    [Fact]
    public void A_line_without_end_is_refused() =>
        Assert.Throws<InvalidDataException>(
            () => ReadAll(new CutStream(new byte[LineReader.MaximumLine + 1], 100_000)));

    private static List<string> ReadAll(Stream stream)
    {
        var reader = new LineReader(stream);
        var lines = new List<string>();
        // The stream answers at once, so that every read has completed when it returns.
        while (reader.ReadAsync(default).AsTask().GetAwaiter().GetResult() is { } line)
            lines.Add(Encoding.UTF8.GetString(line.Span));
        return lines;
    }

    private sealed class CutStream(byte[] data, int step) : MemoryStream(data)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(step, buffer.Length)]));
    }
}
