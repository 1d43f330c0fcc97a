using Qubes.GuestTools.Tests.Bench;

namespace Qubes.GuestTools.Tests.Desktop;

public sealed class StartAppTests : IDisposable
{
    private readonly ToolBench bench = new();
    private readonly string program;

    public StartAppTests() =>
        program = bench.Write("program", "#!/bin/sh\nfor a in \"$@\"; do echo \"[$a]\"; done >\"$0.seen\"; pwd >>\"$0.seen\"; exit 5", executable: true);

    [Theory]
    [InlineData("usr/share/applications/org.example.App.desktop", "org.example.App")]
    [InlineData("usr/local/share/applications/org.example.App.desktop", "org.example.App")]
    [InlineData("home/.local/share/applications/org.example.App.desktop", "org.example.App")]
    [InlineData("usr/share/applications/kde/sub-dir/my-app.desktop", "kde-sub-dir-my-app")]
    public async Task An_entry_is_started_and_waited_for(string file, string id)
    {
        bench.Write(file, $"[Desktop Entry]\nType=Application\nName=App\nPath={bench.Home}\nExec={program} one %U \"two words\" %%\n");

        Assert.Equal(5, (await bench.RunAsync("qubes.StartApp", id)).Status);
        Assert.Equal($"[one]\n[two words]\n[%]\n{bench.Home}\n", File.ReadAllText(program + ".seen"));
    }

    [Fact]
    public async Task The_users_own_entry_comes_first_also_to_hide_one()
    {
        bench.Write("usr/share/applications/app.desktop", $"[Desktop Entry]\nExec={program}\n");
        bench.Write("home/.local/share/applications/app.desktop", "[Desktop Entry]\nHidden=true\nExec=/bin/true\n");

        Assert.Equal(1, (await bench.RunAsync("qubes.StartApp", "app")).Status);
    }

    [Fact]
    public async Task Only_the_main_group_counts_and_field_codes_are_filled_in()
    {
        var file = bench.Write("usr/share/applications/app.desktop",
            $"# comment\n[Other]\nExec=/bin/false\n[Desktop Entry]\nName=The\\sApp\nName[de]=Die\nIcon=pic\nExec={program} %i -t %c %k %d\n[Desktop Action x]\nExec=/bin/false\n");

        Assert.Equal(5, (await bench.RunAsync("qubes.StartApp", "app")).Status);
        Assert.StartsWith($"[--icon]\n[pic]\n[-t]\n[The App]\n[{file}]\n[]\n", File.ReadAllText(program + ".seen"));
    }

    [Theory]
    [InlineData("[Desktop Entry]\nExec=/bin/true %q\n")]
    [InlineData("[Desktop Entry]\nExec=\"/bin/true\n")]
    [InlineData("[Desktop Entry]\nExec=\n")]
    [InlineData("[Desktop Entry]\nName=x\n")]
    [InlineData("Exec=/bin/true\n")]
    public async Task A_malformed_entry_fails(string entry)
    {
        bench.Write("usr/share/applications/app.desktop", entry);

        Assert.Equal(1, (await bench.RunAsync("qubes.StartApp", "app")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("../app")]
    [InlineData("..-app")]
    [InlineData("sub-..-app")]
    [InlineData("/etc/app")]
    [InlineData(".app")]
    public async Task What_is_not_there_or_climbs_is_unknown(string id)
    {
        Directory.CreateDirectory(bench.PathOf("usr/share/applications/sub"));
        bench.Write("usr/share/app.desktop", $"[Desktop Entry]\nExec={program}\n");
        bench.Write("usr/share/applications/app.desktop", $"[Desktop Entry]\nExec={program}\n");

        Assert.Equal(1, (await bench.RunAsync("qubes.StartApp", id)).Status);
        Assert.False(File.Exists(program + ".seen"));
    }

    [Fact]
    public async Task A_missing_program_is_127()
    {
        bench.Write("usr/share/applications/app.desktop", "[Desktop Entry]\nExec=/no/such/program\n");

        Assert.Equal(127, (await bench.RunAsync("qubes.StartApp", "app")).Status);
    }

    public void Dispose() => bench.Dispose();
}
