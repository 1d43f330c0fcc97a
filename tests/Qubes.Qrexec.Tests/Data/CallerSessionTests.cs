using System.IO.Pipelines;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Tests.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Data;

public sealed class CallerSessionTests
{
    [Fact]
    public async Task Streams_and_exit_code_go_through()
    {
        await using var service = await StartAsync("input"u8.ToArray(), "pre"u8.ToArray());
        Assert.Equal("preinput", await service.ReadInputAsync());
        await service.SendAsync(MessageType.DataStdout, "out"u8.ToArray());
        await service.SendAsync(MessageType.DataStderr, "err"u8.ToArray());
        await service.SendAsync(MessageType.DataStdout, []);
        await service.SendAsync(MessageType.DataStderr, []);
        Assert.False(service.Caller.IsCompleted);
        await service.Vchan.WriteAsync(QrexecMessage.EncodeExitCode(-3), default);
        Assert.Equal(-3, await service.Caller);
        Assert.Equal("out"u8.ToArray(), service.Output.ToArray());
        Assert.Equal("err"u8.ToArray(), service.Error.ToArray());
    }

    [Fact]
    public async Task A_connection_lost_before_the_exit_code_is_255()
    {
        await using var service = await StartAsync([]);
        await service.SendAsync(MessageType.DataStdout, "part"u8.ToArray());
        await service.Vchan.DisposeAsync();
        Assert.Equal(255, await service.Caller);
        Assert.Equal("part"u8.ToArray(), service.Output.ToArray());
    }

    [Fact]
    public async Task A_connection_closed_after_the_exit_code_but_before_the_end_of_output_keeps_the_code()
    {
        await using var service = await StartAsync([]);
        await service.Vchan.WriteAsync(QrexecMessage.EncodeExitCode(5), default);
        await service.Vchan.DisposeAsync();
        Assert.Equal(5, await service.Caller);
    }

    [Fact]
    public async Task A_short_exit_code_is_255_and_a_violation_too()
    {
        await using var service = await StartAsync([]);
        await service.SendAsync(MessageType.DataStdout, []);
        await service.SendAsync(MessageType.DataExitCode, [1, 2]);
        Assert.Equal(255, await service.Caller);
        await using var hostile = await StartAsync([]);
        await hostile.SendAsync(MessageType.ExecCmdline, [1, 2]);
        Assert.Equal(255, await hostile.Caller);
    }

    [Fact]
    public async Task An_input_that_never_ends_is_left_when_the_service_ends()
    {
        var endless = new Pipe();
        await using var service = await StartAsync(endless.Reader.AsStream());
        await service.SendAsync(MessageType.DataStdout, []);
        await service.Vchan.WriteAsync(QrexecMessage.EncodeExitCode(0), default);
        Assert.Equal(0, await service.Caller);
        Assert.Equal("", await service.ReadInputAsync());
    }

    [Fact]
    public async Task A_call_without_input_and_without_a_reader_of_its_output_is_given_up()
    {
        await using var service = await StartAsync(new MemoryStream(), new BrokenStream());
        await service.SendAsync(MessageType.DataStdout, "x"u8.ToArray());
        Assert.Equal(255, await service.Caller);
    }

    private static Task<ServicePeer> StartAsync(byte[] input, byte[]? prefix = null) =>
        StartAsync(new MemoryStream(input), null, prefix);

    private static async Task<ServicePeer> StartAsync(Stream input, Stream? output = null, byte[]? prefix = null)
    {
        var (first, second) = await SocketPair.CreateAsync();
        var service = new ServicePeer(new UnixVchan(second));
        service.Caller = CallerSession.RunAsync(new UnixVchan(first),
            new CallerStreams(input, output ?? service.Output, service.Error) { Prefix = prefix }, default);
        await DataHandshake.ExchangeAsync(service.Vchan, true, default);
        return service;
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("broken pipe");
    }
}
