using System.Text;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Methods.Firewall;

// rules = rule *( LF rule ) [ LF ]                                     (spec: Admin API, sections 6.12 and 7.7)
/// <summary><c>admin.vm.firewall.*</c>.</summary>
internal sealed class FirewallMethods(IEventBus events, TimeProvider time) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Read("admin.vm.firewall.Get", AdminDestination.Qube, Get),
        Method.Do("admin.vm.firewall.Set", AdminDestination.Qube, Presence.Forbidden, Presence.Required,
            c => c.Local("firewall").Firewall = Parse(c.Payload.Span)),
        Method.Do("admin.vm.firewall.Reload", AdminDestination.Qube, Presence.Forbidden, Presence.Forbidden,
            c => events.Fire(new FirewallChanged(c.Local("firewall")))),
    ];

    /// <summary>Takes lines apart.</summary>
    /// <exception cref="ProtocolException">Bytes outside ASCII.</exception>
    /// <exception cref="InvalidValueException">A line is no rule. Upstream answers with nothing.</exception>
    internal static IReadOnlyList<FirewallRule> Parse(ReadOnlySpan<byte> payload)
    {
        if (!Ascii.IsValid(payload))
            throw new ProtocolException("the rules have bytes outside ASCII");
        string text = Encoding.ASCII.GetString(payload);
        return [.. (text.EndsWith('\n') ? text[..^1] : text).Split('\n').Select(FirewallRule.Parse)];
    }

    private string Get(AdminCall call)
    {
        DateTimeOffset now = time.GetUtcNow();
        return Method.Lines(call.Local("firewall").Firewall
            .Where(r => r.Expires is null || r.Expires > now).Select(r => r.ToString()));
    }
}
