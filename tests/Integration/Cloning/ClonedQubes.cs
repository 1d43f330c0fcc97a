using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Qubes.Integration.Tests.Admin;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Cloning;

/// <summary>Disposable templates on the shared daemon, and what tests see of the copies that they become.</summary>
internal sealed class ClonedQubes(Daemon daemon)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public Daemon Daemon => daemon;

    /// <summary>Creates a disposable template with services of its own.</summary>
    public async Task AddAsync(string name, IReadOnlyList<GuestScript> services, params (string Feature, string Value)[] features)
    {
        await daemon.AddDisposableTemplateAsync(
            name, DisposableHost.Template, [.. features, .. services.Select(s => ("supported-rpc." + s.Name, "1"))]);
        if (services.Count > 0)
            await ChangeAsync(name, string.Join('\n', services.Select(s => s.Installation)));
    }

    /// <summary>Starts a disposable template, has root do something in it, and shuts it down: another private volume from then on.</summary>
    public async Task ChangeAsync(string name, string script)
    {
        (await daemon.RunAsync("qvm-start", name)).Succeeded();
        (await daemon.Tool("qvm-run", "-p", "-u", "root", name, "sh -e").RunAsync(Encoding.UTF8.GetBytes(script))).Succeeded();
        (await daemon.RunAsync("qvm-shutdown", "--wait", name)).Succeeded();
    }

    /// <summary>Removes one; whatever was frozen of it goes, too, and nothing of any disposable stays.</summary>
    public async Task RemoveAsync(string name)
    {
        Assert.Empty(await Traces.OfDisposablesAsync(daemon));
        Assert.Equal("0\0", await daemon.AskAsync("admin.memorytemplate.Discard", name));
        (await daemon.RunAsync("qvm-remove", "-f", name)).Succeeded();
        await UntilAsync(() => Task.FromResult(daemon.Machines()), machines => machines.Count == 0);
    }

    /// <summary>Runs a command in a disposable of its own.</summary>
    public async Task<string> RunAsync(string template, string command) =>
        (await daemon.RunAsync("qvm-run", "-p", "--dispvm=" + template, command)).Succeeded().Text;

    /// <summary>The same as root.</summary>
    public async Task<string> RunAsRootAsync(string template, string command) =>
        (await daemon.RunAsync("qvm-run", "-p", "-u", "root", "--dispvm=" + template, command)).Succeeded().Text;

    /// <summary>Calls a service in a disposable of its own, which lives until the process's input is closed or it is killed.</summary>
    public Process Call(string template, string service) => daemon.Tool("qvm-run", "-p", "--service", "--dispvm=" + template, "--", service).Start();

    public async Task<IReadOnlyList<string>> DisposablesAsync(string state = "") =>
        [.. (await daemon.CallAsync("admin.vm.List")).Ok.Split('\n')
            .Where(l => l.Contains(" class=DispVM ", StringComparison.Ordinal) && l.Contains($" state={state}", StringComparison.Ordinal))
            .Select(l => l.Split(' ')[0])];

    /// <summary>How a disposable template's memory template stands, e.g. <c>ready</c>.</summary>
    public async Task<string> StateOfAsync(string template) =>
        JsonDocument.Parse((await daemon.AskAsync("admin.memorytemplate.Status", template))[2..]).RootElement.GetProperty("state").GetString()!;

    public static Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isIt) => Polling.UntilAsync(look, isIt, Patience);
}
