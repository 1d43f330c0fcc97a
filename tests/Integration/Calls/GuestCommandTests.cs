using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Calls;

/// <summary>The commands people use inside a qube, between real qubes, and their relatives on the host.</summary>
[Collection(RealMachines.Name)]
public sealed class GuestCommandTests(CallingQubes qubes) : IClassFixture<CallingQubes>, IAsyncLifetime
{
    private const string Policy = """
        qubes.PdfConvert   * work @dispvm allow
        qubes.GetImageRGBA * work @dispvm allow
        qubes.OpenInVM     * work @dispvm allow
        """;

    private string PolicyFile => qubes.Daemon.Root + "/etc/qubes/policy.d/29-commands.policy";

    public Task InitializeAsync() => File.WriteAllTextAsync(PolicyFile, Policy + "\n");

    public Task DisposeAsync()
    {
        File.Delete(PolicyFile);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_tree_is_copied_and_never_overwrites()
    {
        const string make = "rm -rf /tmp/tree; mkdir -p /tmp/tree/sub; echo hello >/tmp/tree/sub/file; ln -s sub/file /tmp/tree/link; chmod 750 /tmp/tree/sub; touch -d 2020-02-29T12:00Z /tmp/tree/sub/file";
        (await qubes.InCaller($"{make}; qvm-copy-to-vm vault /tmp/tree").RunAsync()).Succeeded();

        var arrived = (await InTarget("cd ~/QubesIncoming/work/tree; cat link; readlink link; stat -c '%a %Y' sub sub/file").RunAsync()).Succeeded().Text.Split('\n');
        var again = await qubes.InCaller("qvm-copy-to-vm vault /tmp/tree").RunAsync();

        Assert.Equal(["hello", "sub/file"], arrived[..2]);
        Assert.StartsWith("750 ", arrived[2]);
        Assert.EndsWith(" 1582977600", arrived[3]);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("the receiver stopped at 'tree': it is there already, and nothing is overwritten", again.Error);
    }

    [Fact]
    public async Task What_moves_is_gone_where_it_was()
    {
        (await qubes.InCaller("head -c 20000000 /dev/urandom >/tmp/big; md5sum </tmp/big >/tmp/sum; qvm-move-to-vm vault /tmp/big /tmp/sum; ! ls /tmp/big /tmp/sum 2>/dev/null")
            .RunAsync()).Succeeded();

        (await InTarget("cd ~/QubesIncoming/work; md5sum <big | cmp - sum && rm big sum").RunAsync()).Succeeded();
    }

    [Fact]
    public async Task The_host_copies_and_moves_too()
    {
        var folder = Directory.CreateTempSubdirectory("qubes-copy-");
        try
        {
            var file = Path.Combine(folder.FullName, "letter");
            await File.WriteAllTextAsync(file, "from the host");
            (await qubes.Daemon.RunAsync("qvm-move-to-vm", CallingQubes.Target, file)).Succeeded();
            Assert.False(File.Exists(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.Equal("from the host", (await InTarget("cat ~/QubesIncoming/dom0/letter; rm ~/QubesIncoming/dom0/letter").RunAsync()).Succeeded().Text);
    }

    [Fact]
    public async Task A_file_that_was_changed_elsewhere_comes_back()
    {
        (await InTarget("printf '#!/bin/sh\\nsed -i s/draft/final/ \"$1\"\\n' >/usr/local/bin/edit; chmod 755 /usr/local/bin/edit; mkdir -p /etc/qubes; echo '*.txt edit %f' >/etc/qubes/open-with", "root").RunAsync()).Succeeded();

        var result = (await qubes.InCaller("echo draft >/tmp/a.txt; qvm-open-in-vm vault /tmp/a.txt; echo $?; cat /tmp/a.txt; qvm-open-in-vm --view-only vault /tmp/a.txt; ls -A /tmp | grep -c a.txt").RunAsync()).Text;

        Assert.Equal("0\nfinal\n1\n", result);
    }

    [Fact]
    public async Task Without_a_program_that_opens_it_the_status_says_so_and_no_disposable_is_left()
    {
        var result = await qubes.InCaller("echo x >/tmp/x.unknown; qvm-open-in-dvm /tmp/x.unknown").RunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(await Traces.OfDisposablesAsync(qubes.Daemon));
    }

    [Fact]
    public async Task Documents_and_images_become_trusted_ones()
    {
        (await qubes.InCaller("cat >/tmp/report.pdf").RunAsync(await File.ReadAllBytesAsync(Repository.Samples + "/report.pdf"))).Succeeded();
        (await qubes.InCaller("cat >/tmp/picture.png").RunAsync(await File.ReadAllBytesAsync(Repository.Samples + "/picture.png"))).Succeeded();

        var result = await qubes.InCaller("""
            cd /tmp; qvm-convert-pdf --dpi 75 report.pdf && qvm-convert-img picture.png trusted.png || exit
            pdfinfo report.trusted.pdf | grep ^Pages; ls ~/QubesUntrustedPDFs; gm identify -format '%m %w' trusted.png
            """).RunAsync();

        Assert.Matches("^Pages: +[0-9]+\nreport.pdf\nPNG [0-9]+", result.Succeeded().Text);
        Assert.Empty(await Traces.OfDisposablesAsync(qubes.Daemon));
    }

    [Fact]
    public async Task Commands_run_elsewhere_with_and_without_a_shell()
    {
        var result = await qubes.InCaller(
            "echo data | qvm-run-vm vault 'read line; echo $line from $(hostname)'; qvm-run-vm vault echo '$HOME' 'a  b'; qvm-run-vm vault 'exit 7'").RunAsync();

        Assert.Equal((7, "data from vault\n$HOME a  b\n"), (result.ExitCode, result.Text));
    }

    private ToolRun InTarget(string command, string user = "user") => qubes.Daemon.Tool("qvm-run", "-p", "-u", user, CallingQubes.Target, command);
}
