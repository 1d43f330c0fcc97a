using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace Qubes.Integration.Tests.Admin;

/// <summary>
/// Mutated requests against a real daemon, with valid ones between them that must be answered as if nothing happened.
/// <c>QUBES_FUZZ_REQUESTS</c> says how many, <c>QUBES_FUZZ_SEED</c> which.
/// </summary>
public sealed class MutatedRequestsTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int Sluggards = 64;
    private const long MostGrowthKiB = 96 << 10;

    [Fact]
    public async Task Mutated_requests_neither_stop_the_daemon_nor_grow_it_nor_disturb_others()
    {
        int requests = Number("QUBES_FUZZ_REQUESTS", 50_000), seed = Number("QUBES_FUZZ_SEED", 20_260_818);
        await using var daemon = await AdminSocket.StartDaemonAsync();
        _ = (await daemon.CallAsync("admin.vm.Create.TemplateVM", payload: "name=tmpl label=black")).Ok;
        _ = (await daemon.CallAsync("admin.vm.Create.AppVM+tmpl", payload: "name=fuzzed label=red")).Ok;
        _ = (await daemon.CallAsync("admin.vm.Create.AppVM+tmpl", payload: "name=control label=blue")).Ok;
        string control = (await daemon.CallAsync("admin.vm.property.GetAll", "control")).Ok;

        // What the first requests make the daemon load is not growth.
        await FuzzAsync(daemon, requests / 10, seed - 1, control);
        long before = ResidentKiB(daemon.ProcessId);
        var clock = Stopwatch.StartNew();
        var sluggards = await OpenSluggardsAsync(daemon);
        try
        {
            await FuzzAsync(daemon, requests, seed, control);
        }
        finally
        {
            sluggards.ForEach(s => s.Dispose());
        }
        long after = ResidentKiB(daemon.ProcessId);

        output.WriteLine($"{requests} requests, seed {seed}: {clock.Elapsed.TotalSeconds:F1} s, RSS {before >> 10} to {after >> 10} MiB");
        Assert.True(after - before < MostGrowthKiB, $"seed {seed}: RSS grew from {before} to {after} KiB");
        Assert.Equal(control, (await daemon.CallAsync("admin.vm.property.GetAll", "control")).Ok);
        // A method that failed by a defect of its own says so under this number, and its client got nothing.
        Assert.DoesNotContain(File.ReadLines(daemon.Root + "/qubesd.log"), l => l.Contains("[2006]", StringComparison.Ordinal));
    }

    private static Task FuzzAsync(Testbed.Daemon daemon, int requests, int seed, string control) => Task.WhenAll(
        Enumerable.Range(0, Clients).Select(client => Task.Run(() => FuzzOneAsync(daemon, requests / Clients, seed * Clients + client, control))));

    private static async Task FuzzOneAsync(Testbed.Daemon daemon, int requests, int seed, string control)
    {
        var mutator = new RequestMutator(seed);
        for (int i = 0; i < requests; i++)
        {
            byte[] request = mutator.Next();
            AdminReply reply;
            try
            {
                reply = await daemon.SendAsync(request);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                throw new InvalidOperationException($"client seed {seed}, request {i} got no end of an answer: {Shown(request)}", e);
            }
            Assert.True(reply.IsWellFormed || IsStream(reply), $"client seed {seed}, request {i}: {Shown(request)} was answered {reply}");
            if (i % 50 == 0)
                Assert.Equal(control, (await daemon.CallAsync("admin.vm.property.GetAll", "control")).Ok);
        }
    }

    /// <summary>Clients that say little or nothing, and do not leave.</summary>
    private static async Task<List<Socket>> OpenSluggardsAsync(Testbed.Daemon daemon)
    {
        var sluggards = new List<Socket>();
        for (int i = 0; i < Sluggards; i++)
        {
            Socket socket = await daemon.ConnectAsync();
            sluggards.Add(socket);
            if (i % 4 != 0)
                await socket.SendAsync(Encoding.ASCII.GetBytes("admin.vm.List+ dom0 name dom0\0"[..(i % 30)]));
            if (i % 4 == 2)
                await socket.SendAsync(new byte[60_000]);
        }
        return sluggards;
    }

    private static bool IsStream(AdminReply reply) => reply.Text.StartsWith("1\0", StringComparison.Ordinal);

    private static string Shown(byte[] request) => Convert.ToHexString(request.AsSpan(0, Math.Min(request.Length, 400)));

    private static long ResidentKiB(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal))
            .Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
