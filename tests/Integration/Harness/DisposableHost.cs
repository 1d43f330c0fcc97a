using Qubes.Testbed;

namespace Qubes.Integration.Tests.Harness;

/// <summary>One daemon with the shipped converter template, shared by the tests that need real machines.</summary>
public sealed class DisposableHost : IAsyncLifetime
{
    public const string Template = "debian-12-convert";
    public const string DisposableTemplate = Template + "-dvm";

    internal Testbed.Daemon Daemon { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Daemon = await Testbed.Daemon.StartAsync();
        (await Daemon.RunAsync("qvm-template-build", Template)).Succeeded();
    }

    public async Task DisposeAsync() => await Daemon.DisposeAsync();
}

