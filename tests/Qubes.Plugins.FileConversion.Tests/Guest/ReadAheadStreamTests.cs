using System.IO.Pipes;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Convert.Guest.Processes;

namespace Qubes.Plugins.FileConversion.Tests.Guest;

public sealed class ReadAheadStreamTests
{
    [Fact]
    public void What_goes_in_comes_out_whatever_the_sizes() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll(
        Gen.Choose(0, 30_000_000).Two().ToArbitrary(),
        sizes =>
        {
            byte[] content = new byte[sizes.Item1];
            for (int i = 0; i < content.Length; i += 97)
                content[i] = (byte)(i / 97);
            using var stream = new ReadAheadStream(new MemoryStream(content));
            byte[] copy = new byte[content.Length];

            int step = Math.Max(1000, sizes.Item2 / 50);
            for (int at = 0; at < copy.Length;)
            {
                int got = stream.Read(copy, at, Math.Min(step, copy.Length - at));
                Assert.NotEqual(0, got);
                at += got;
            }

            Assert.Equal(0, stream.Read(new byte[1]));
            Assert.True(content.AsSpan().SequenceEqual(copy));
        }));

    [Fact]
    public async Task It_takes_in_more_than_a_page_before_anybody_reads()
    {
        using var writer = new AnonymousPipeServerStream(PipeDirection.Out);
        using var reader = new AnonymousPipeClientStream(PipeDirection.In, writer.ClientSafePipeHandle);
        using var stream = new ReadAheadStream(reader);

        // Returns only because the ring takes it: a pipe holds 64 KiB.
        await writer.WriteAsync(new byte[10 * 1024 * 1024]);

        Assert.NotEqual(0, stream.Read(new byte[100]));
        // Ends the thread that reads; a stream in use is not to be closed under it.
        writer.Dispose();
        await Task.Run(() => stream.CopyTo(Stream.Null));
    }
}
