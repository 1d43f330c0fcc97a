using System.Diagnostics;
using Qubes.Plugins.Qrexec.Tests.HostServices;

namespace Qubes.Plugins.Qrexec.Tests.HostCallers;

/// <summary>The program that programs written for Qubes start, on the host: it finds the daemon and its own directory by itself.</summary>
public sealed class RealClientTests
{
    [Fact]
    public async Task A_program_on_the_host_calls_a_service_with_input_output_and_status()
    {
        await using var bench = await CallerBench.StartAsync();
        await using var services = new HostBench();
        services.PutProgram("test.Sort", "sort; echo \"$1 $QREXEC_REMOTE_DOMAIN $QREXEC_REQUESTED_TARGET_KEYWORD\"; exit 5");
        bench.Make = async (caller, request, cancel) =>
            await services.ServeAsync(
                caller.Source, $"{request.Service} {caller.Source.Name} keyword adminvm", await caller.AcceptAsync(0, 0, cancel), caller.Left);
        using Process client = Start(bench, "@adminvm", "test.Sort+x");
        await client.StandardInput.WriteAsync("b\na\n");
        client.StandardInput.Close();
        Assert.Equal("a\nb\nx desk adminvm\n", await client.StandardOutput.ReadToEndAsync().WaitAsync(CallerBench.Patience));
        Assert.Equal(5, await ExitAsync(client));
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Paths.Runtime + "/client-vchan", "*.sock", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_refused_call_is_126()
    {
        await using var bench = await CallerBench.StartAsync();
        using Process client = Start(bench, "@dispvm", "dz.Convert");
        Assert.Equal("Request refused\n", await client.StandardError.ReadToEndAsync().WaitAsync(CallerBench.Patience));
        Assert.Equal(126, await ExitAsync(client));
    }

    [Fact]
    public async Task The_call_of_a_program_that_is_killed_is_over_at_once()
    {
        await using var bench = await CallerBench.StartAsync();
        await using var services = new HostBench();
        services.PutProgram("test.Wait", "echo ready; cat >/dev/null");
        var over = new TaskCompletionSource();
        bench.Make = async (caller, request, cancel) =>
        {
            await services.ServeAsync(caller.Source, $"{request.Service} desk", await caller.AcceptAsync(0, 0, cancel), cancel);
            over.SetResult();
        };
        using Process client = Start(bench, "@adminvm", "test.Wait");
        Assert.Equal("ready", await client.StandardOutput.ReadLineAsync().WaitAsync(CallerBench.Patience));
        client.Kill();
        await over.Task.WaitAsync(CallerBench.Patience);
        await ExitAsync(client);
    }

    private static Process Start(CallerBench bench, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "qrexec-client-vm.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["QUBES_ROOT"] = bench.Paths.Root;
        // A runtime that is killed leaves its debugging pipes behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment.Remove("VCHAN_SOCKET_DIR");
        start.Environment.Remove("VCHAN_DOMAIN");
        return Process.Start(start)!;
    }

    private static async Task<int> ExitAsync(Process client)
    {
        await client.WaitForExitAsync().WaitAsync(CallerBench.Patience);
        return client.ExitCode;
    }
}
