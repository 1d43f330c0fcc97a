namespace Qubes.Integration.Tests.Tools;

/// <summary>A daemon of its own for each test, whose machines are simulated: all of the tools' work but what runs in guests.</summary>
public abstract class SimulatedHost : IAsyncLifetime
{
    internal Testbed.Daemon Daemon { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Daemon = await Testbed.Daemon.StartAsync("--hypervisor", "simulated");
        await OkAsync("qvm-create", "-C", "TemplateVM", "-l", "black", "tmpl");
        await OkAsync("qvm-create", "-t", "tmpl", "-l", "red", "work");
    }

    public async Task DisposeAsync() => await Daemon.DisposeAsync();

    /// <summary>Runs a tool that must succeed and say nothing on standard error.</summary>
    private protected async Task<string> OkAsync(string tool, params string[] arguments)
    {
        var result = await Daemon.RunAsync(tool, arguments);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Text;
    }

    private protected async Task<(int Code, string Error)> FailAsync(string tool, params string[] arguments)
    {
        var result = await Daemon.RunAsync(tool, arguments);
        Assert.Equal("", result.Text);
        return (result.ExitCode, result.Error);
    }
}
