using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Templates.Tests.Kit;

internal sealed class FakeQube(string name, QubeClass @class, IQube? template) : IQube
{
    public string Name => name;

    public int Qid => 1;

    public Guid Uuid { get; } = Guid.NewGuid();

    public QubeClass Class => @class;

    public FakeProperties Properties { get; } = new();

    public FakeFeatures Features { get; } = new();

    public ITags Tags => throw new NotSupportedException();

    public string Notes { get; set; } = "";

    public IReadOnlyList<FirewallRule> Firewall { get; set; } = [];

    public IReadOnlyList<Volume> Volumes { get; set; } = [];

    public IQube? Template => template;

    public PowerState PowerState { get; set; } = PowerState.Halted;

    public IMachine? Machine => null;

    IProperties IQube.Properties => Properties;

    IFeatures IQube.Features => Features;

    public Task StartAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task ShutdownAsync(bool force, bool wait, CancellationToken cancel) => throw new NotSupportedException();

    public Task KillAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task PauseAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task UnpauseAsync(CancellationToken cancel) => throw new NotSupportedException();
}
