using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Acme.TextConvert.Settings;

/// <summary>The section <c>[TextConvert]</c>. What is wrong with it is said when the plugin starts, not when somebody needs it.</summary>
internal sealed class ConversionSettings(IConfiguration section) : IKernelService
{
    /// <summary>The disposable template; null: the calling qube's own.</summary>
    public string? Template => section["template"];

    /// <summary>The longest document, bytes.</summary>
    public int MostBytes => Number("most-megabytes", otherwise: 32, most: 256) << 20;

    /// <summary>How long one conversion may take, from the first byte that is there to the text.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds(Number("deadline-seconds", otherwise: 60, most: 3600));

    /// <summary>How far back <see cref="Preloading.RushPolicy"/> looks.</summary>
    public TimeSpan Rush => TimeSpan.FromMinutes(Number("rush-minutes", otherwise: 10, most: 60));

    public Task StartAsync(CancellationToken cancel)
    {
        _ = (MostBytes, Deadline, Rush);
        if (Template == "")
            throw new QubesException("setting template is empty; name a disposable template, or leave the setting out");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;

    private int Number(string name, int otherwise, int most)
    {
        var text = section[name];
        if (text is null)
            return otherwise;
        return int.TryParse(text, out var number) && number >= 1 && number <= most
            ? number
            : throw new QubesException($"setting {name} is '{text}'; a number from 1 to {most} is accepted");
    }
}
