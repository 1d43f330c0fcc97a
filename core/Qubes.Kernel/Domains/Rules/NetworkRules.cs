using System.Net;
using System.Net.Sockets;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains.Rules;

/// <summary>What follows from who provides whose network (spec: domain model, sections 3.2 and 4).</summary>
internal sealed class NetworkRules(QubeRegistry qubes, IEventBus events) : IDomainRules
{
    private static readonly string[] FollowingNetvm =
        ["ip", "ip6", "visible_ip", "visible_ip6", "visible_gateway", "visible_gateway6", "visible_netmask", "dns"];

    private static readonly Dictionary<string, string[]> FollowingFeature = new()
    {
        ["net.fake-ip"] = ["visible_ip", "gateway"],
        ["net.fake-gateway"] = ["visible_gateway"],
        ["net.fake-netmask"] = ["visible_netmask"],
        ["ipv6"] = ["ip6", "visible_ip6", "gateway6"],
    };

    private static readonly string[] FollowingProvider = ["ip", "ip6", "gateway", "gateway6", "dns"];

    public void Attach()
    {
        events.Subscribe<PropertySetting>(OnSetting);
        events.Subscribe<PropertySet>(e => OnChange(e.Subject, e.Name));
        events.Subscribe<PropertyReset>(OnReset);
        events.Subscribe<FeatureSetting>(RequireAddress);
        events.Subscribe<FeatureSet>(e => OnFeature(e.Qube, e.Feature));
        events.Subscribe<FeatureDeleted>(e => OnFeature(e.Qube, e.Feature));
        events.SubscribeAsync<QubeShuttingDown>(OnShuttingDownAsync);
        events.SubscribeAsync<QubeStarted>(OnStartedAsync);
    }

    // Qubes that follow the default are asked first, as if it were set on them.
    private void OnSetting(PropertySetting e)
    {
        if (e is not { Subject: null, Name: "default_netvm" })
            return;
        foreach (var qube in qubes.OnDefaultNetvm)
            events.Fire(new PropertySetting(qube, "netvm", e.NewValue, e.OldValue));
    }

    private void OnReset(PropertyReset e)
    {
        if (e.IsExplicit)
            OnChange(e.Subject, e.Name);
        else if (e is { Name: "netvm", Subject: Qube qube })
            Announce(qube, FollowingNetvm);
    }

    private void OnChange(IQube? subject, string property)
    {
        switch (subject, property)
        {
            case (null, "default_netvm"):
                foreach (var qube in qubes.OnDefaultNetvm)
                    events.Fire(new PropertyReset(qube, "netvm"));
                break;
            case (Qube qube, "netvm"):
                Announce(qube, FollowingNetvm);
                break;
            case (Qube qube, "provides_network"):
                MarkService(qube);
                Announce(qube, FollowingProvider);
                break;
            case (Qube qube, "ip"):
                Announce(qube, ["visible_ip", "gateway"]);
                break;
            case (Qube qube, "ip6"):
                Announce(qube, ["visible_ip6", "gateway6"]);
                break;
        }
    }

    private static void RequireAddress(FeatureSetting e)
    {
        if (!e.Feature.StartsWith("net.fake-", StringComparison.Ordinal) || !FollowingFeature.ContainsKey(e.Feature))
            return;
        if (!IPAddress.TryParse(e.Value, out var address) || address.AddressFamily != AddressFamily.InterNetwork
            || address.ToString() != e.Value)
            throw new InvalidValueException($"Feature {e.Feature} takes an IPv4 address, not '{e.Value}'");
    }

    private void OnFeature(IQube qube, string feature)
    {
        if (qube is Qube { HasNetvm: true } machine && FollowingFeature.TryGetValue(feature, out var properties))
            Announce(machine, properties);
    }

    private void Announce(Qube qube, string[] properties)
    {
        foreach (var property in properties)
            events.Fire(new PropertyReset(qube, property));
    }

    private static void MarkService(Qube qube)
    {
        if (qube.Properties.Get(QubeProperties.ProvidesNetwork))
            qube.Features.Set("servicevm", "1");
        else if (qube.Features.ContainsKey("servicevm"))
            qube.Features.Remove("servicevm");
    }

    private Task OnShuttingDownAsync(QubeShuttingDown e, CancellationToken cancel)
    {
        if (e.Force || e.Qube is not Qube { HasNetvm: true } qube || !qube.Properties.Get(QubeProperties.ProvidesNetwork))
            return Task.CompletedTask;
        var client = qubes.Machines.FirstOrDefault(q => q.HasNetvm && q != qube && q.Lifecycle.IsRunning && !q.IsNobodys
            && q.Properties.Get(QubeProperties.Netvm) == qube);
        return client is null
            ? Task.CompletedTask
            : throw new QubeInUseException($"'{qube.Name}' is the netvm of '{client.Name}', which runs; shut that down first, or use force");
    }

    private Task OnStartedAsync(QubeStarted e, CancellationToken cancel)
    {
        if (e.Qube is Qube { HasNetvm: true } qube && qube.Properties.Get(QubeProperties.Netvm) is { } netvm)
            events.Fire(new NetworkClientConnected(netvm, qube));
        return Task.CompletedTask;
    }
}
