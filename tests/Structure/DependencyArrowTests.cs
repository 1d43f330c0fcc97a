using Mono.Cecil;

namespace Qubes.Structure.Tests;

/// <summary>The arrows of the design, section 2, checked on what the compiler made of them.</summary>
public sealed class DependencyArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Qubes.Sdk"] = [],
        ["Qubes.Sdk.Testing"] = ["Qubes.Sdk"],
        ["Qubes.Kernel"] = ["Qubes.Sdk"],
        ["qubesd"] = ["Qubes.Kernel", "Qubes.Sdk"],
        ["qubesd-simulate"] = ["Qubes.Kernel", "Qubes.Sdk", "Qubes.Sdk.Testing", "Qubes.Plugins.Preload"],
        ["Qubes.Qrexec"] = [],
        ["Qubes.Native"] = [],
        ["qubes-agent"] = ["Qubes.Qrexec", "Qubes.Native"],
        ["Qubes.Policy"] = [],
        ["qrexec-client-vm"] = ["Qubes.Qrexec", "Qubes.Native"],
        ["Qubes.Conversion"] = [],
        ["qubes-tools"] = ["Qubes.Qrexec", "Qubes.Policy", "Qubes.Conversion"],
        ["qubes-guest-tools"] = ["Qubes.Qrexec", "Qubes.Conversion", "Qubes.Native"],
        ["qubes-convert"] = [],
        ["qubes-machine-launcher"] = [],
        ["Qubes.Plugins.Qrexec"] = ["Qubes.Sdk", "Qubes.Qrexec", "Qubes.Policy"],
        ["Qubes.Plugins.Simulation"] = ["Qubes.Sdk", "Qubes.Sdk.Testing"],
    };

    private static readonly string[] OfEveryPlugin = ["Qubes.Sdk"];

    public static TheoryData<string> Assemblies => [.. BuiltAssemblies.All.Keys];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void An_assembly_references_only_what_the_design_lets_it(string name)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(BuiltAssemblies.All[name]);
        var allowed = Allowed.GetValueOrDefault(name) ?? OfEveryPlugin;

        var ours = assembly.MainModule.AssemblyReferences.Select(r => r.Name)
            .Where(r => r.StartsWith("Qubes.", StringComparison.Ordinal) || Allowed.ContainsKey(r));

        Assert.Empty(ours.Except(allowed));
    }

    [Fact]
    public void Every_project_of_the_design_is_checked()
    {
        Assert.Superset(
            new HashSet<string> { "Qubes.Sdk", "Qubes.Kernel", "qubesd", "Qubes.Qrexec", "qubes-agent", "qubes-tools", "Qubes.Plugins.Qemu" },
            BuiltAssemblies.All.Keys.ToHashSet());
    }

    [Fact]
    public void The_kernel_knows_no_hypervisor_no_socket_and_no_preload()
    {
        using var kernel = AssemblyDefinition.ReadAssembly(BuiltAssemblies.All["Qubes.Kernel"]);

        var types = kernel.MainModule.GetTypeReferences().Select(t => t.FullName);

        Assert.DoesNotContain("System.Net.Sockets.Socket", types);
        Assert.DoesNotContain(kernel.MainModule.Types, t => t.Name.Contains("Preload", StringComparison.Ordinal));
    }
}
