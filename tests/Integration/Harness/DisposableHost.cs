using Qubes.Testbed;

namespace Qubes.Integration.Tests.Harness;

/// <summary>
/// One daemon with the shipped converter template, shared by the tests that need real machines. Its disposables are copies, until a
/// test changes the template, and its preloads are booted.
/// </summary>
public sealed class DisposableHost : IAsyncLifetime
{
    public const string Template = "debian-12-convert";
    public const string DisposableTemplate = Template + "-dvm";

    internal Testbed.Daemon Daemon { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Daemon = await Testbed.Daemon.StartAsync();
        (await Daemon.RunAsync("qvm-template-build", Template)).Succeeded();
        (await Daemon.RunAsync("qvm-features", DisposableTemplate, "preload-dispvm-clone", "")).Succeeded();
        await Daemon.FreezeAsync(DisposableTemplate);
    }

    public async Task DisposeAsync() => await Daemon.DisposeAsync();
}

