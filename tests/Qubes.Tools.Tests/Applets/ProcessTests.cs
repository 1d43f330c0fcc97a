using System.Diagnostics;
using System.Security.Cryptography;
using Qubes.Qrexec.Protocol;
using Qubes.Tools.Applets;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Applets;

public sealed class ProcessTests : BenchTests
{
    [Fact]
    public async Task The_program_lists_its_links_and_runs_the_applet_named_first()
    {
        Server.Ok("admin.vm.property.Get+memory", "vm0", "default=True type=int 400");
        var links = await ToolProcess.RunAsync(Bench.Root, "--list-links");
        Assert.Equal((0, string.Join('\n', AppletRegistry.Names) + "\n"), (links.Code, links.Output));
        var memory = await ToolProcess.RunAsync(Bench.Root, "qvm-prefs", "vm0", "memory");
        Assert.Equal((0, "400\n", ""), (memory.Code, memory.Output, memory.Error));
        var unknown = await ToolProcess.RunAsync(Bench.Root, "qvm-frobnicate");
        Assert.Equal(2, unknown.Code);
        Assert.StartsWith("qubes-tools: error: no such command: 'qvm-frobnicate'; one of: qrexec-client ", unknown.Error);
    }

    [Fact]
    public async Task A_disposable_is_killed_when_the_tool_is_terminated()
    {
        Server.Ok("admin.vm.CreateDisposable+", "dom0", "disp9").Ok("admin.vm.Start+", "disp9").Ok("admin.vm.Kill+", "disp9");
        Server.Refuse("admin.vm.feature.CheckWithTemplate+gui", "disp9", "QubesFeatureNotFoundError", "Feature not set");
        using var process = ToolProcess.Start(Bench.Root, "qvm-run", "-p", "--dispvm", "--", "sleep inf");
        await using (var qube = new QrexecQube(Bench.Paths, "disp9", async call =>
        {
            await call.ConnectAsync();
            await call.ReadPieceAsync();
            using (Process.Start("kill", ["-TERM", process.Id.ToString()]))
                await call.ReadPieceAsync();
        }))
        {
            var result = await ToolProcess.FinishAsync(process);
            Assert.Equal((143, ""), (result.Code, result.Error));
        }

        Assert.Equal("admin.vm.Kill+ dom0 name disp9\0", Server.Requests.Last());
    }

    [Fact]
    public async Task Many_megabytes_pass_each_way_unchanged()
    {
        const int size = 24 << 20;
        var data = RandomNumberGenerator.GetBytes(size);
        await using var qube = new QrexecQube(Bench.Paths, "vm1", async call =>
        {
            await call.ConnectAsync();
            while (await call.ReadPieceAsync() is { Length: > 0 } piece)
                await call.SendAsync(MessageType.DataStdout, piece);
            await call.ExitAsync(17);
        });
        using var process = ToolProcess.Start(Bench.Root, "qrexec-client", "-d", "vm1", "user:cat");
        var writing = Task.Run(async () =>
        {
            await process.StandardInput.BaseStream.WriteAsync(data);
            process.StandardInput.Close();
        });
        var output = new MemoryStream(size);
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await writing;
        await process.WaitForExitAsync();
        Assert.Equal(17, process.ExitCode);
        Assert.True(output.ToArray().AsSpan().SequenceEqual(data));
    }

    [Fact]
    public async Task When_the_reader_of_the_output_leaves_the_tool_ends_like_any_other()
    {
        await using var qube = new QrexecQube(Bench.Paths, "vm1", async call =>
        {
            await call.ConnectAsync();
            while (true)
                await call.OutputAsync("y\n");
        });
        using var process = ToolProcess.Start(Bench.Root, "qrexec-client", "-d", "vm1", "user:yes");
        await process.StandardOutput.BaseStream.ReadExactlyAsync(new byte[2]);
        process.StandardOutput.Close();
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(141, process.ExitCode);
    }
}
