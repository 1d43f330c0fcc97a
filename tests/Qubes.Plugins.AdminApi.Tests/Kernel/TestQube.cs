using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Tests.Kernel;

/// <summary>A qube that keeps what is done to it as words.</summary>
internal sealed class TestQube : IQube
{
    public TestQube(string name, int qid, QubeClass qubeClass)
    {
        (Name, Qid, Class) = (name, qid, qubeClass);
        Features = new TestFeatures(this);
        Uuid = qid == 0 ? Guid.Empty : new Guid(qid, 0, 0, [0xab, 0, 0, 0, 0, 0, 0, 1]);
    }

    public string Name { get; }

    public int Qid { get; }

    public Guid Uuid { get; }

    public QubeClass Class { get; }

    public TestProperties Properties { get; } = new();

    IProperties IQube.Properties => Properties;

    public IFeatures Features { get; }

    public ITags Tags { get; } = new TestTags();

    public string Notes { get; set; } = "";

    public IReadOnlyList<FirewallRule> Firewall { get; set; } = [FirewallRule.AcceptAll];

    public List<Volume> Volumes { get; } = [];

    IReadOnlyList<Volume> IQube.Volumes => Volumes;

    public IQube? Template { get; set; }

    public IQube? Netvm { get; set; }

    public IQube? Host { get; set; }

    public PowerState PowerState { get; set; }

    public IMachine? Machine { get; set; }

    public List<string> Done { get; } = [];

    /// <summary>Thrown by every operation, if set.</summary>
    public Exception? Trouble { get; set; }

    public Task StartAsync(CancellationToken cancel) => Do("start");

    public Task ShutdownAsync(bool force, bool wait, CancellationToken cancel) => Do($"shutdown force={force} wait={wait}");

    public Task KillAsync(CancellationToken cancel) =>
        PowerState == PowerState.Halted ? throw new QubeNotStartedException($"Domain is powered off: '{Name}'") : Do("kill");

    public Task PauseAsync(CancellationToken cancel) => Do("pause");

    public Task UnpauseAsync(CancellationToken cancel) => Do("unpause");

    private Task Do(string what)
    {
        Done.Add(what);
        return Trouble is null ? Task.CompletedTask : Task.FromException(Trouble);
    }
}
