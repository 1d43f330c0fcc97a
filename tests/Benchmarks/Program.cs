using Qubes.Benchmarks;
using Qubes.Benchmarks.AdminApi;
using Qubes.Benchmarks.Calls;
using Qubes.Benchmarks.Disposables;
using Qubes.Benchmarks.Requests;
using Qubes.Benchmarks.Transfers;
using Qubes.Testbed;

// usage: Qubes.Benchmarks [requests] [transfers] [calls] [preloads] [disposables] [admin]; by default everything. Writes docs/benchmarks.md.
string[] chosen = args.Length > 0 ? args : ["requests", "transfers", "calls", "preloads", "disposables", "admin"];
var report = new Report();
if (chosen.Except(["admin"]).Any())
    await MeasureMachinesAsync();
if (chosen.Contains("admin"))
    await MeasureAdminApiAsync();
await report.WriteAsync(Path.Combine(Repository.Root, "docs/benchmarks.md"), string.Join(' ', chosen));

async Task MeasureMachinesAsync()
{
    const string template = "debian-12-convert";
    await using var daemon = await Daemon.StartAsync();
    (await daemon.RunAsync("qvm-template-build", template)).Succeeded();
    // The first start probes for KVM, which happens once per host boot; it is not what is measured.
    (await daemon.RunAsync("qvm-run", "-p", $"--dispvm={template}-dvm", "true")).Succeeded();
    if (chosen.Contains("requests"))
        await new ColdRequests(daemon, template).RunAsync(report);
    if (chosen.Contains("transfers"))
        await new Transfer(daemon, template).RunAsync(report);
    if (chosen.Intersect(["calls", "preloads", "disposables"]).Any())
        await MeasureDisposablesAsync(new BenchQubes(daemon, template));
}

async Task MeasureDisposablesAsync(BenchQubes qubes)
{
    await qubes.PrepareAsync();
    if (chosen.Contains("calls"))
        await new QubeCalls(qubes).RunAsync(report);
    if (chosen.Contains("preloads"))
        await new ReadyPreloads(qubes).RunAsync(report);
    if (chosen.Contains("disposables"))
        await new DisposableMatrix(qubes).RunAsync(report);
}

async Task MeasureAdminApiAsync()
{
    // No machine is started; and no plugin has to be there but the API's and the pool's.
    await using var daemon = await Daemon.StartAsync("--hypervisor", "simulated");
    new AdminRequests(daemon).Run(report);
}
