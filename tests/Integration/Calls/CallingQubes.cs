using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Calls;

/// <summary>
/// Two running qubes that may call each other: <c>work</c>, whose disposables are the converter's, and <c>vault</c>, which has some
/// services of its own. Gone when the class is done.
/// </summary>
public sealed class CallingQubes(DisposableHost host) : IAsyncLifetime
{
    public const string Caller = "work";
    public const string Target = "vault";

    private const string Services = """
        mkdir -p /run/qubes-rpc && cd /run/qubes-rpc
        printf '#!/bin/sh\nexit "$1"\n' >test.Exit
        printf '#!/bin/sh\nexec cat\n' >test.Echo
        printf '#!/bin/sh\necho to-stderr >&2\necho "$QREXEC_REMOTE_DOMAIN $QREXEC_SERVICE_FULL_NAME $(id -un)"\n' >test.Who
        printf '#!/bin/sh\nexec yes 0123456789abcdef\n' >test.Flood
        chmod 755 test.*
        """;

    private const string Policy = """
        test.Denied  * * *        deny
        test.Root    * work vault allow user=root
        *            * work vault allow
        dz.Convert   * work @dispvm allow
        qubes.VMShell * work @dispvm allow
        """;

    internal Testbed.Daemon Daemon => host.Daemon;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(PolicyFile, Policy + "\n");
        foreach (var name in (string[])[Caller, Target])
            (await Daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", DisposableHost.Template, "-l", "blue", name)).Succeeded();
        (await Daemon.RunAsync("qvm-prefs", Caller, "default_dispvm", DisposableHost.DisposableTemplate)).Succeeded();
        await StartAsync(Caller);
        await StartAsync(Target);
    }

    public async Task DisposeAsync()
    {
        (await Daemon.RunAsync("qvm-shutdown", "--force", "--wait", "--timeout", "1", Caller, Target)).Succeeded();
        (await Daemon.RunAsync("qvm-remove", "-f", Caller, Target)).Succeeded();
        File.Delete(PolicyFile);
    }

    /// <summary>Starts a qube, with the services of the target in it.</summary>
    internal async Task StartAsync(string name)
    {
        (await Daemon.RunAsync("qvm-start", "--skip-if-running", name)).Succeeded();
        (await Daemon.RunAsync("qvm-run", "-p", "-u", "root", name, Services)).Succeeded();
    }

    /// <summary>Runs a shell command in the caller.</summary>
    internal ToolRun InCaller(string command) => Daemon.Tool("qvm-run", "-p", Caller, command);

    /// <summary>Calls a service from the caller.</summary>
    internal ToolRun Call(string target, string service) => InCaller($"exec qrexec-client-vm {target} {service}");

    private string PolicyFile => Daemon.Root + "/etc/qubes/policy.d/30-calls.policy";
}
