using System.IO.Pipes;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Tests.Terminal;

public sealed class DescriptorStreamTests
{
    [Fact]
    public async Task What_is_written_is_read_and_an_end_is_an_end()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        var writer = Of(server.SafePipeHandle);
        var reader = Of(client.SafePipeHandle);
        var data = new byte[300_000];
        new Random(1).NextBytes(data);

        var writing = Task.Run(async () =>
        {
            await writer.WriteAsync(data);
            await writer.DisposeAsync();
        });
        var read = new MemoryStream();
        await reader.CopyToAsync(read);
        await writing;

        Assert.Equal(data, read.ToArray());
        Assert.Equal(0, await reader.ReadAsync(new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await writer.WriteAsync(data));
    }

    [Fact]
    public async Task A_read_waits_off_the_callers_thread()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        var reading = Of(client.SafePipeHandle).ReadAsync(new byte[10]).AsTask();
        Assert.False(reading.IsCompleted);
        await Of(server.SafePipeHandle).WriteAsync(new byte[3]);
        Assert.Equal(3, await reading);
    }

    [Fact]
    public void A_write_without_a_reader_is_a_broken_pipe()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        server.ClientSafePipeHandle.Dispose();
        var e = Assert.Throws<IOException>(() => Of(server.SafePipeHandle).Write([1]));
        Assert.True(BrokenPipe.Is(e));
    }

    [Fact]
    public void Reading_what_cannot_be_read_says_why()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        var e = Assert.Throws<IOException>(() => _ = Of(server.SafePipeHandle).Read(new byte[1]));
        Assert.False(BrokenPipe.Is(e));
    }

    [Fact]
    public void A_pipe_is_no_terminal()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        Assert.False(DescriptorStream.IsTerminal((int)server.SafePipeHandle.DangerousGetHandle()));
    }

    private static DescriptorStream Of(Microsoft.Win32.SafeHandles.SafePipeHandle handle) => new((int)handle.DangerousGetHandle());
}
