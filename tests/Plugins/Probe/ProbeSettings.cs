using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.TestPlugins.Probe;

/// <summary>Takes the setting <c>word</c> while the plugin runs; <c>bad</c> is refused. Registered where there is a file <c>configurable</c>.</summary>
public sealed partial class ProbeSettings(IConfiguration configuration, ILogger<ProbeSettings> log) : IConfigurable
{
    /// <inheritdoc/>
    public void Check(IConfiguration next)
    {
        if (next["word"] == "bad")
            throw new QubesException("word must not be bad");
    }

    /// <inheritdoc/>
    public void Apply() => Say(log, configuration["word"]);

    [LoggerMessage(2, LogLevel.Information, "word is {Word}")]
    private static partial void Say(ILogger log, string? word);
}
