using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains.Rules;

/// <summary>Which values the features with a meaning of their own take (spec: domain model, section 6).</summary>
internal sealed class FeatureRules(IEventBus events) : IDomainRules
{
    private const int MaxServiceName = 48;
    private const int MaxConfigName = 63;
    private const string Service = "service.";
    private const string Config = "vm-config.";
    private const string Persist = "custom-persist.";
    private const string MeminfoWriter = "service.meminfo-writer";

    public void Attach()
    {
        events.Subscribe<FeatureSetting>(OnSetting);
        events.Subscribe<FeatureSet>(OnSet);
    }

    private static void OnSetting(FeatureSetting e)
    {
        if (e.Feature.StartsWith(Service, StringComparison.Ordinal))
            RequireService(e.Feature[Service.Length..]);
        else if (e.Feature.StartsWith(Config, StringComparison.Ordinal))
            RequireName(Config, e.Feature[Config.Length..]);
        else if (e.Feature.StartsWith(Persist, StringComparison.Ordinal))
            RequirePersistent(e.Feature[Persist.Length..], e.Value);
    }

    // Old clients switch balancing by a service; it is a property now.
    private static void OnSet(FeatureSet e)
    {
        if (e.Feature != MeminfoWriter || e.Qube is not Qube { HasNetvm: true } qube)
            return;
        if (e.Value.Length > 0)
            qube.Properties.Reset(QubeProperties.Maxmem.Name);
        else
            qube.Properties.Set(QubeProperties.Maxmem, 0);
        qube.Features.Remove(MeminfoWriter);
    }

    private static void RequireService(string name)
    {
        if (name.Length == 0 || name.Contains('/') || name is "." or "..")
            throw new InvalidValueException($"A service needs a name that is a file name, not '{name}'");
        if (name.Length > MaxServiceName && !name.StartsWith("app-dispvm.", StringComparison.Ordinal))
            throw new InvalidValueException($"A service's name has at most {MaxServiceName} characters; '{name}' has {name.Length}");
    }

    private static void RequireName(string prefix, string name)
    {
        if (name.Length is 0 or > MaxConfigName)
            throw new InvalidValueException($"A feature {prefix}NAME needs a name of 1 to {MaxConfigName} characters, not '{name}'");
    }

    // value = "" | path | ( "file" | "dir" ) ":" user ":" group ":" mode ":" path          path begins with "/"
    private static void RequirePersistent(string name, string value)
    {
        RequireName(Persist, name);
        var parts = value.Split(':', 5);
        var isPath = value.Length == 0 || value.StartsWith('/');
        var isSpec = parts is ["file" or "dir", { Length: > 0 }, { Length: > 0 }, var mode, ['/', ..]]
            && mode.Length is 3 or 4 && mode.All(c => c is >= '0' and <= '7');
        if (!isPath && !isSpec)
            throw new InvalidValueException(
                $"A feature {Persist}NAME is an absolute path or file|dir:USER:GROUP:MODE:PATH, not '{value}'");
    }
}
