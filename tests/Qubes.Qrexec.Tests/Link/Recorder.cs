using System.Text;
using Qubes.Qrexec.Link;

namespace Qubes.Qrexec.Tests.Link;

/// <summary>Writes down what a session tells.</summary>
internal sealed class Recorder : ILinkUser
{
    private readonly List<string> happened = [];

    public List<LinkEnd> Channels { get; } = [];

    public string Text(bool joinData = false)
    {
        var text = string.Join(' ', happened);
        return joinData ? text.Replace("] [", "", StringComparison.Ordinal) : text;
    }

    public void Established() => happened.Add("established");

    public void Interrupted() => happened.Add("interrupted");

    public void Opened(LinkEnd channel)
    {
        Channels.Add(channel);
        happened.Add($"opened {channel.Address.Domain}:{channel.Address.Port}");
    }

    public void Received(LinkEnd channel, ReadOnlySpan<byte> data) => happened.Add($"[{Encoding.ASCII.GetString(data)}]");

    public void Credited(LinkEnd channel) => happened.Add("credited");

    public void ClosedByPeer(LinkEnd channel) => happened.Add("closed");

    public void Answered(uint token) => happened.Add($"answered {token}");

    public void PowerOffRequested() => happened.Add("off");

    public void TimeTold(uint seconds) => happened.Add($"time {seconds}");

    public void SealAsked() => happened.Add("seal");

    public void IdentityTold(LinkIdentity? identity) =>
        happened.Add(identity is null ? "malformed" : $"identity {identity.Name} {Convert.ToHexString(identity.Seed.AsSpan(0, 4))}");

    public void SealAnswered(IdentityOutcome outcome) => happened.Add($"sealed {outcome}");

    public void IdentityAnswered(IdentityOutcome outcome, ReadOnlySpan<byte> sample) =>
        happened.Add($"identified {outcome} {sample.Length}");

    public void ReportsAsked(int milliseconds) => happened.Add($"report {milliseconds}");

    public void UseTold(uint kib) => happened.Add($"uses {kib}");
}
