using FsCheck;
using FsCheck.Fluent;
using Qubes.Qrexec.Protocol;

namespace Qubes.Plugins.Qrexec.Tests.Calls;

public sealed class GuestCallTests
{
    private static readonly RequestId Id = RequestId.FromText("SOCKET7");

    [Theory]
    [InlineData(null, "cannot be used")]
    [InlineData("", "no rule matches")]
    [InlineData("svc * work * deny", "30-user.policy:1: the rule says so")]
    [InlineData("svc * @tag:red-team * allow target=dom0", "not connected yet")]
    [InlineData("svc nonsense", "30-user.policy:1: a rule has")]
    public async Task A_call_is_judged_and_refused(string? policy, string reason)
    {
        await using TestHost host = await TestHost.StartAsync();
        if (policy is null)
            Directory.Delete(host.PolicyDirectory);
        else
            await File.WriteAllTextAsync(host.PolicyDirectory + "/30-user.policy", policy);
        QrexecMessage answer = await AskAsync(host, new TriggerRequest("work", "vault", Id, "svc+a", null).Encode());
        Assert.Equal(MessageType.ServiceRefused, answer.Type);
        Assert.Equal(Id, RequestId.Read(answer.Body.Span));
        Assert.Contains(reason, await host.Log.NextAsync(2116), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("work", "+a")]
    [InlineData("work", "")]
    [InlineData("another", "svc")]
    public async Task A_malformed_or_relayed_call_is_refused_and_the_guest_stays(string source, string service)
    {
        await using TestHost host = await TestHost.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            QrexecMessage answer = await AskAsync(host, new TriggerRequest(source, "vault", Id, service, null).Encode());
            Assert.Equal(MessageType.ServiceRefused, answer.Type);
        }
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
    }

    [Fact]
    public async Task What_a_guest_names_is_harmless_in_the_log()
    {
        await using TestHost host = await TestHost.StartAsync();
        await AskAsync(host, new TriggerRequest("work", "a\u001b[0m", Id, "svc\n\u001b", null).Encode());
        string line = await host.Log.NextAsync(2116);
        Assert.DoesNotContain(line, c => char.IsControl(c));
    }

    [Fact]
    public void Whatever_a_guest_sends_its_host_and_others_go_on() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(50),
        Prop.ForAll((NonEmptyArray<byte> bytes, bool toLink) => SurvivesAsync(bytes.Get, toLink).GetAwaiter().GetResult()));

    private static async Task<bool> SurvivesAsync(byte[] bytes, bool toLink)
    {
        await using TestHost host = await TestHost.StartAsync();
        await using TestHost other = await TestHost.StartAsync();
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
        if (toLink)
            host.Guest.Link.SendRaw(bytes);
        else
            await host.Guest.Control.WriteAsync(bytes, CancellationToken.None);
        return (await other.CallAsync("u:exit 3")).Status == 3;
    }

    private static async Task<QrexecMessage> AskAsync(TestHost host, byte[] call)
    {
        // The agent has read our HELLO once a call went through.
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
        await host.Guest.Control.WriteAsync(call, CancellationToken.None);
        return await host.Guest.Told.ReadAsync();
    }
}
