using Qubes.Plugins.Templates.Processes;

namespace Qubes.Plugins.Templates.Kernels;

/// <summary>The modules of an unpacked kernel package: <c>lib/modules/RELEASE</c>.</summary>
internal sealed class ModuleCatalog
{
    private static readonly Dictionary<string, string> _decompressors = new(StringComparer.Ordinal)
    {
        [".ko.xz"] = "xz",
        [".ko.zst"] = "zstd",
        [".ko.gz"] = "gzip",
    };

    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _builtIn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Module> _read = new(StringComparer.Ordinal);
    private Dictionary<string, string>? _aliases;

    private ModuleCatalog()
    {
    }

    /// <summary>Finds the modules; unpacks compressed ones in place.</summary>
    /// <exception cref="InvalidDataException">The directory is not laid out as expected.</exception>
    public static async Task<ModuleCatalog> OpenAsync(string folder, CancellationToken cancel)
    {
        var catalog = new ModuleCatalog();
        var builtIn = Path.Combine(folder, "modules.builtin");
        if (!File.Exists(builtIn))
            throw new InvalidDataException($"the kernel package has no {Path.GetFileName(builtIn)}");
        foreach (var line in await File.ReadAllLinesAsync(builtIn, cancel))
            catalog._builtIn.Add(NameOf(line));
        foreach (var (suffix, program) in _decompressors)
        {
            var packed = Directory.EnumerateFiles(folder, "*" + suffix, SearchOption.AllDirectories).ToList();
            foreach (var batch in packed.Chunk(500))
                await ToolRunner.RunAsync(new ToolCommand(program, ["-d", "-q", "--", .. batch]) { WorkingDirectory = folder }, cancel);
        }
        foreach (var file in Directory.EnumerateFiles(folder, "*.ko", SearchOption.AllDirectories))
            catalog._files.TryAdd(NameOf(file), file);
        return catalog;
    }

    /// <summary>Whether the kernel contains it. A kernel with any crc32c answers to <c>crc32c</c>.</summary>
    public bool IsBuiltIn(string name) =>
        _builtIn.Contains(Normalize(name)) || (name == "crc32c" && _builtIn.Any(b => b.StartsWith("crc32c", StringComparison.Ordinal)));

    /// <summary>The module of that name, else one with that alias.</summary>
    public Module? Find(string name)
    {
        var wanted = Normalize(name);
        if (_files.ContainsKey(wanted))
            return Read(wanted);
        _aliases ??= ReadAliases();
        return _aliases.TryGetValue(wanted, out var module) ? Read(module) : null;
    }

    private Dictionary<string, string> ReadAliases()
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in _files.Keys.Order(StringComparer.Ordinal))
        {
            foreach (var alias in Read(name).Information.Aliases)
                aliases.TryAdd(Normalize(alias), name);
        }
        return aliases;
    }

    private Module Read(string name)
    {
        if (!_read.TryGetValue(name, out var module))
        {
            var path = _files[name];
            _read[name] = module = new Module(name, path, ModuleInformation.Read(File.ReadAllBytes(path)));
        }
        return module;
    }

    private static string NameOf(string path) => Normalize(Path.GetFileName(path).Split('.')[0]);

    private static string Normalize(string name) => name.Replace('-', '_');
}
