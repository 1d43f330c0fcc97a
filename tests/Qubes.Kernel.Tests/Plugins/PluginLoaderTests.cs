using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Qubes.Kernel.Plugins.Loading;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Tests.Plugins;

public sealed class PluginLoaderTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string probe;

    public PluginLoaderTests() => probe = ProbeFiles.CopyTo(directory.Sub("Probe"));

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Types_of_the_sdk_are_the_hosts()
    {
        using var loader = Load();
        Assert.True(Type(loader, "ProbePlugin").IsSubclassOf(typeof(QubesPlugin)));
    }

    [Fact]
    public void A_private_dependency_is_found_and_stays_private()
    {
        using var loader = Load();
        Assert.Equal("7.0.0.0", Fact(loader, "Library"));
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, a => a.GetName().Name == "Qubes.TestPlugins.Private");
    }

    [Fact]
    public void The_same_plugin_in_two_folders_is_two_plugins()
    {
        using var one = Load();
        using var two = PluginLoader.CreateFromAssemblyFile(ProbeFiles.CopyTo(directory.Sub("Other")), Share);
        Assert.NotEqual(Type(one, "ProbePlugin"), Type(two, "ProbePlugin"));
    }

    [Fact]
    public void A_native_library_in_the_plugins_folder_is_found()
    {
        using var loader = Load();
        Assert.Equal(Environment.ProcessId, Fact(loader, "ProcessId"));
    }

    [Fact]
    public void A_satellite_assembly_is_found()
    {
        using var loader = Load();
        Assert.Equal("Hallo", Fact(loader, "Greeting"));
    }

    [Fact]
    public void The_hosts_copy_of_a_framework_assembly_wins()
    {
        File.Copy(typeof(Autofac.ContainerBuilder).Assembly.Location, Path.Combine(directory.Path, "Probe", "System.Text.Json.dll"));
        using var loader = Load();
        Assert.Same(typeof(System.Text.Json.JsonElement).Assembly, loader.LoadAssembly(new AssemblyName("System.Text.Json")));
    }

    [Fact]
    public void A_shared_assembly_that_the_host_lacks_is_not_taken_from_the_plugin()
    {
        using var loader = Load(config => config.SharedAssemblies.Add(new AssemblyName("Qubes.TestPlugins.Private")));
        Assert.Throws<FileNotFoundException>(() => loader.LoadAssembly(new AssemblyName("Qubes.TestPlugins.Private")));
    }

    [Fact]
    public void Names_are_resolved_in_the_plugins_context_while_it_is_entered()
    {
        using var loader = Load();
        using (loader.EnterContextualReflection())
            Assert.Same(loader.LoadContext, AssemblyLoadContext.CurrentContextualReflectionContext);
        Assert.Null(AssemblyLoadContext.CurrentContextualReflectionContext);
    }

    [Fact]
    public void A_missing_assembly_is_refused_with_its_path()
    {
        var missing = Path.Combine(directory.Path, "none.dll");
        Assert.Contains(missing, Assert.Throws<FileNotFoundException>(() => PluginLoader.CreateFromAssemblyFile(missing)).Message);
    }

    [Fact]
    public void A_relative_path_is_refused() =>
        Assert.Throws<ArgumentException>(() => PluginLoader.CreateFromAssemblyFile("none.dll"));

    [Fact]
    public void A_file_that_is_no_assembly_is_refused()
    {
        File.WriteAllText(probe, "no assembly");
        using var loader = Load();
        Assert.Throws<BadImageFormatException>(loader.LoadDefaultAssembly);
    }

    [Fact]
    public void A_disposed_loader_loads_nothing()
    {
        var loader = Load();
        loader.Dispose();
        Assert.Throws<ObjectDisposedException>(loader.LoadDefaultAssembly);
    }

    [Fact]
    public void A_disposed_plugin_is_collected()
    {
        var context = UseAndDispose();
        Collected.Assert(context);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference UseAndDispose()
        {
            using var loader = Load();
            Assert.Equal("7.0.0.0", Fact(loader, "Library"));
            return new WeakReference(loader.LoadContext);
        }
    }

    private PluginLoader Load(Action<PluginConfig>? more = null) => PluginLoader.CreateFromAssemblyFile(probe, config =>
    {
        Share(config);
        more?.Invoke(config);
    });

    private static void Share(PluginConfig config)
    {
        config.IsUnloadable = true;
        config.SharedAssemblies.Add(typeof(QubesPlugin).Assembly.GetName());
        config.SharedAssemblies.Add(typeof(Autofac.ContainerBuilder).Assembly.GetName());
    }

    private static Type Type(PluginLoader loader, string name) =>
        loader.LoadDefaultAssembly().GetType("Qubes.TestPlugins.Probe." + name, throwOnError: true)!;

    private static object Fact(PluginLoader loader, string name) =>
        Type(loader, "ProbeFacts").GetProperty(name)!.GetValue(null)!;
}
