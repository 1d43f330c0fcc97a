namespace Qubes.Benchmarks.AdminApi;

/// <summary>The qubes of a daemon, made through its API by several clients.</summary>
internal sealed class Population(string path)
{
    private const string Template = "bench-template";
    private int count;

    /// <summary>Qubes on the host, the host left out.</summary>
    public int Count => count;

    /// <summary>The n-th qube's name, for any n.</summary>
    public string Name(int n) => $"bench-{n % (count - 1):0000}";

    /// <summary>Adds qubes until there are so many.</summary>
    public void GrowTo(int wanted)
    {
        if (count == 0)
        {
            new RawClient(path).Ask(RawClient.Request("admin.vm.Create.TemplateVM", "", "dom0", $"name={Template} label=black"));
            count = 1;
        }
        Load.OnThreads(Load.Clients, client =>
        {
            var asking = new RawClient(path);
            for (var n = count - 1 + client; n < wanted - 1; n += Load.Clients)
                asking.Ask(RawClient.Request("admin.vm.Create.AppVM", Template, "dom0", $"name=bench-{n:0000} label=red"));
        });
        count = wanted;
    }
}
