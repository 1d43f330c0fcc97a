using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;
using NSubstitute;
using Qubes.Plugins.Qrexec.Evaluating;
using Qubes.Policy.Answers;
using Qubes.Sdk.Rpc;

namespace Qubes.Plugins.Qrexec.Tests.Judging;

public sealed class EvaluatingTests : IAsyncLifetime
{
    private readonly JudgeBench bench = new();
    private PolicySocket socket = null!;

    public async Task InitializeAsync()
    {
        bench.Policy("a.Svc * work vault allow", "b.Svc * work vault ask", "c.Svc * work vault allow user=root");
        bench.Add("work").Tags.Contains("guivm-gui").Returns(true);
        bench.Add("vault");
        socket = new(bench.Paths, bench.Engine, TimeProvider.System, new Logger<PolicySocket>(bench.Log));
        await socket.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await socket.StopAsync(default);
        socket.Dispose();
        await bench.DisposeAsync();
    }

    [Theory]
    [InlineData("source=work\nintended_target=vault\nservice_and_arg=a.Svc+x\n\n", "user=DEFAULT\nresult=allow\ntarget=vault\ntarget_uuid=uuid:")]
    [InlineData("service_and_arg=c.Svc\nrequested_source=\nintended_target=vault\nsource=work", "user=root\nresult=allow")]
    [InlineData("source=work\nintended_target=\nservice_and_arg=a.Svc\n\n", "result=deny")]
    [InlineData("source=nobody\nintended_target=vault\nservice_and_arg=a.Svc\n\n", "result=deny")]
    [InlineData("source=work\nintended_target=vault\nservice_and_arg=a.Svc\njust_evaluate=yes\n\n", "result=allow")]
    [InlineData("source=work\nintended_target=vault\nservice_and_arg=b.Svc\njust_evaluate=yes\n\n", "result=deny")]
    [InlineData("source=work\nintended_target=vault\nservice_and_arg=b.Svc\njust_evaluate=yes\nassume_yes_for_ask=yes\n\n", "result=allow")]
    [InlineData("source=work\nintended_target=vault\n\n", "")]
    [InlineData("source=work\nsource=work\nintended_target=vault\nservice_and_arg=a.Svc\n\n", "")]
    [InlineData("source=work\nintended_target=vault\nservice_and_arg=a.Svc\nextra=1\n\n", "")]
    [InlineData("source=work\nintended_target=vault\nservice_and_arg=a.Svc\njust_evaluate=1\n\n", "")]
    [InlineData("source=work\nintended_target=vault\nservice_and_arg=a.S\u00e9\n\n", "")]
    [InlineData("source=work\nintended_target=vault\r\nservice_and_arg=a.Svc\n\n", "")]
    [InlineData("\n\n", "")]
    public async Task A_request_is_answered_and_what_is_none_is_not(string request, string answer)
    {
        var came = await AskAsync(Encoding.Latin1.GetBytes(request));

        if (answer.Contains("uuid:", StringComparison.Ordinal))
            Assert.StartsWith(answer, came);
        else
            Assert.Equal(answer, answer.Contains("user=", StringComparison.Ordinal) ? came[..answer.Length] : came);
    }

    [Fact]
    public async Task A_request_without_end_is_not_kept()
    {
        Assert.Equal("", await AskAsync(Encoding.ASCII.GetBytes("source=" + new string('x', PolicyRequest.Longest))));
        Assert.Equal("result=deny", await AskAsync("source=work\nintended_target=x\nservice_and_arg=z\n\n"u8.ToArray()));
    }

    [Fact]
    public void Whatever_bytes_come_they_are_a_request_or_none() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll((byte[] bytes) => PolicyRequest.TryParse(bytes) is not { Call.Source.Length: 0 }));

    [Theory]
    [InlineData("policy.EvalSimple", "a.Svc+x", "work\0vault", "result=allow\n")]
    [InlineData("policy.EvalSimple", "b.Svc", "work\0vault", "result=allow\n")]
    [InlineData("policy.EvalSimple", "z.Svc", "work\0vault", "result=deny\n")]
    [InlineData("policy.EvalSimple", "a.Svc", "nobody\0vault", "result=deny\n")]
    [InlineData("policy.EvalSimple", null, "work\0vault", "")]
    [InlineData("policy.EvalSimple", "", "work\0vault", "")]
    [InlineData("policy.EvalSimple", "a.Svc", "work", "")]
    [InlineData("policy.EvalSimple", "a.Svc", "\0vault", "")]
    [InlineData("policy.EvalSimple", "a.Svc", "work\0", "")]
    [InlineData("policy.EvalSimple", "a.Svc", "work\0va\0ult", "")]
    [InlineData("policy.EvalSimple", "a.Svc", "work\0vault\n", "")]
    [InlineData("policy.EvalSimple", "a.Svc", "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww\0vault", "")]
    [InlineData("policy.EvalGUI", "a.Svc", "work\0vault", "")]
    [InlineData("policy.EvalGUI", "a.Svc", "work\0work", "result=allow\n")]
    public async Task A_qube_is_told_what_would_come_of_a_call(string name, string? argument, string input, string answer)
    {
        bench.Policy("a.Svc * work * allow", "b.Svc * work vault ask");
        var service = new EvaluationService(name, name == "policy.EvalGUI", bench.Engine, bench.Qubes, new InlineLoop());
        using var output = new MemoryStream();
        var call = new RpcCall("gui", null, argument, "", new MemoryStream(Encoding.Latin1.GetBytes(input)), output, Stream.Null);

        var status = await service.ServeAsync(call, default);

        Assert.Equal((answer.Length > 0 ? 0 : 1, answer), (status, Encoding.ASCII.GetString(output.ToArray())));
    }

    private async Task<string> AskAsync(byte[] request)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(bench.Paths.Runtime + "/policy.sock"));
        var answer = new MemoryStream();
        try
        {
            await client.SendAsync(request);
            client.Shutdown(SocketShutdown.Send);
            var buffer = new byte[4096];
            while (await client.ReceiveAsync(buffer).WaitAsync(JudgeBench.Limit) is > 0 and var count)
                answer.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // Closed on us in the middle of what is no request.
        }
        return Encoding.ASCII.GetString(answer.ToArray());
    }
}
