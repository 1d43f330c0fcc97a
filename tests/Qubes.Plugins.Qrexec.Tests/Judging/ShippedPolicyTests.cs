using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Judging;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Qrexec.Tests.Judging;

public sealed class ShippedPolicyTests : IAsyncLifetime
{
    private readonly JudgeBench bench = new();

    private static string Source
    {
        get
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(at!.FullName + "/Qubes.Extensible.sln"))
                at = at.Parent;
            return at.FullName + "/plugins/Qrexec/policy.d";
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Theory]
    [InlineData("qubes.OpenInVM", "@dispvm", "allow")]
    [InlineData("qubes.OpenURL", "vault", "ask")]
    [InlineData("qubes.Filecopy", "vault", "ask")]
    [InlineData("qubes.VMShell", "@dispvm", "allow")]
    [InlineData("qubes.VMShell", "vault", "deny")]
    [InlineData("qubes.VMRootShell", "@dispvm", "deny")]
    [InlineData("qubes.PdfConvert", "@dispvm", "allow")]
    [InlineData("dz.Convert", "@dispvm:dz-dvm", "allow")]
    [InlineData("admin.vm.List", "dom0", "deny")]
    [InlineData("qubes.OpenInVM", "dom0", "deny")]
    [InlineData("other.Service", "vault", "deny")]
    public async Task What_ships_allows_disposables_asks_for_others_and_denies_the_rest(string service, string target, string verdict)
    {
        Ship();
        Shipped().CopyIfThereIsNone();
        bench.Add("vault");
        bench.Add("dz-dvm", QubeClass.AppVM, ("template_for_dispvms", "True"));
        var work = bench.Add("work", QubeClass.AppVM, ("default_dispvm", "dz-dvm"));

        var came = await bench.CallAsync(JudgeBench.Source(work), target, service);

        Assert.Equal(verdict, came switch
        {
            AllowedCall => "allow",
            DeniedCall { Reason: var reason } when reason.Contains("nobody could be asked", StringComparison.Ordinal) => "ask",
            _ => "deny",
        });
    }

    [Fact]
    public void It_is_copied_where_there_is_none_and_never_again()
    {
        Ship();
        Shipped().CopyIfThereIsNone();
        Assert.Equal(4, Directory.GetFiles(bench.PolicyDirectory).Length);

        File.Delete(bench.PolicyDirectory + "/90-default.policy");
        Shipped().CopyIfThereIsNone();

        Assert.Equal(3, Directory.GetFiles(bench.PolicyDirectory).Length);
    }

    [Fact]
    public void A_daemon_of_the_real_system_leaves_that_to_the_package()
    {
        Ship();
        var paths = new Qubes.Sdk.Hosting.QubesPaths("", bench.Paths.Root + "/usr");
        new ShippedPolicy(paths, bench.Store, new Logger<ShippedPolicy>(bench.Log)).CopyIfThereIsNone();

        Assert.Empty(Directory.GetFiles(bench.PolicyDirectory));
    }

    private ShippedPolicy Shipped() => new(bench.Paths, bench.Store, new Logger<ShippedPolicy>(bench.Log));

    private void Ship()
    {
        var to = Directory.CreateDirectory(bench.Paths.Shared + "/policy.d");
        foreach (var file in Directory.GetFiles(Source))
            File.Copy(file, Path.Combine(to.FullName, Path.GetFileName(file)));
    }
}
