using Microsoft.Extensions.Configuration;

namespace Qubes.Kernel.Plugins.Settings;

/// <summary>The section of the configuration that one instance of a plugin goes by, until it is given another.</summary>
internal sealed class PluginSection
{
    private readonly Provider provider;

    public PluginSection(IReadOnlyDictionary<string, string?> values)
    {
        Values = values;
        provider = new(values);
        Configuration = new ConfigurationRoot([provider]);
    }

    /// <summary>What is injected.</summary>
    public IConfiguration Configuration { get; }

    /// <summary>Its keys and values.</summary>
    public IReadOnlyDictionary<string, string?> Values { get; private set; }

    public bool Holds(IReadOnlyDictionary<string, string?> values) =>
        Values.Count == values.Count && values.All(pair => Values.TryGetValue(pair.Key, out var value) && value == pair.Value);

    public void Replace(IReadOnlyDictionary<string, string?> values)
    {
        Values = values;
        provider.Replace(values);
    }

    private sealed class Provider : ConfigurationProvider
    {
        public Provider(IReadOnlyDictionary<string, string?> values) => Take(values);

        public void Replace(IReadOnlyDictionary<string, string?> values)
        {
            Take(values);
            OnReload();
        }

        private void Take(IReadOnlyDictionary<string, string?> values) =>
            Data = new Dictionary<string, string?>(values, StringComparer.OrdinalIgnoreCase);
    }
}
