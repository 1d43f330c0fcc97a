using Qubes.Benchmarks;
using Qubes.Benchmarks.AdminApi;
using Qubes.Benchmarks.Calls;
using Qubes.Benchmarks.Clones;
using Qubes.Benchmarks.Disposables;
using Qubes.Benchmarks.Events;
using Qubes.Benchmarks.Memory;
using Qubes.Benchmarks.Policy;
using Qubes.Benchmarks.Requests;
using Qubes.Benchmarks.Starting;
using Qubes.Benchmarks.Transfers;
using Qubes.Testbed;

// usage: Qubes.Benchmarks [requests] [transfers] [calls] [preloads] [disposables] [clones] [memory] [admin] [policy] [events] [scripts] [start]; by default everything. Writes docs/benchmarks.md.
string[] chosen = args.Length > 0 ? args : ["requests", "transfers", "calls", "preloads", "disposables", "clones", "memory", "admin", "policy", "events", "scripts", "start"];
var report = await Report.BeginAsync();
if (chosen.Except(["clones", "memory", "admin", "policy", "events", "scripts", "start"]).Any())
    await MeasureMachinesAsync();
await MeasureAsync("clones", () => CloneBenchmarks.RunAsync(report));
await MeasureAsync("memory", () => MemoryBenchmarks.RunAsync(report));
await MeasureAsync("admin", MeasureAdminApiAsync);
await MeasureAsync("policy", () =>
{
    new PolicyEvaluation().Run(report);
    return Task.CompletedTask;
});

await MeasureAsync("scripts", async () =>
{
    await using var policies = new ScriptPolicies();
    await policies.RunAsync(report, AppContext.BaseDirectory + "/scripts");
});
await MeasureAsync("start", () => DaemonStart.RunAsync(report));
await MeasureAsync("events", () => EventDispatch.RunAsync(report));
foreach (var exceeded in report.Exceeded)
    Console.Error.WriteLine("over its budget: " + exceeded);
return report.Exceeded.Count == 0 ? 0 : 1;

async Task MeasureAsync(string what, Func<Task> work)
{
    if (!chosen.Contains(what))
        return;
    report.What = what;
    await work();
    // Hours of measuring are not to be lost to what comes after.
    await report.WriteAsync();
}

async Task MeasureMachinesAsync()
{
    const string template = "debian-12-convert";
    await using var daemon = await Daemon.StartAsync();
    (await daemon.RunAsync("qvm-template-build", template)).Succeeded();
    // The first start probes for KVM, which happens once per host boot; it is not what is measured.
    (await daemon.RunAsync("qvm-run", "-p", $"--dispvm={template}-dvm", "true")).Succeeded();
    await MeasureAsync("requests", () => new ColdRequests(daemon, template).RunAsync(report));
    await MeasureAsync("transfers", () => new Transfer(daemon, template).RunAsync(report));
    if (!chosen.Intersect(["calls", "preloads", "disposables"]).Any())
        return;
    var qubes = new BenchQubes(daemon, template);
    await qubes.PrepareAsync();
    await MeasureAsync("calls", () => new QubeCalls(qubes).RunAsync(report));
    await MeasureAsync("preloads", () => new ReadyPreloads(qubes).RunAsync(report));
    await MeasureAsync("disposables", () => new DisposableMatrix(qubes).RunAsync(report));
}

async Task MeasureAdminApiAsync()
{
    // No machine is started; and no plugin has to be there but the API's and the pool's.
    await using var daemon = await Daemon.StartAsync("--hypervisor", "simulated");
    new AdminRequests(daemon).Run(report);
}
