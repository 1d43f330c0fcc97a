using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Cloning.Building;

/// <summary>The plugin's own disposables, which nobody else sees or gets. Used on the kernel loop.</summary>
internal sealed class HiddenQubes(IDisposables disposables, IQubes qubes, ILogger<HiddenQubes> log) : IUnclaimedQubes
{
    private readonly Dictionary<IQube, IStartOfHidden> all = [];

    /// <summary>What is to happen when the disposable starts; false: it is somebody's.</summary>
    public bool TryFind(IQube qube, [NotNullWhen(true)] out IStartOfHidden? start) => all.TryGetValue(qube, out start);

    public bool IsNobodys(IQube qube) => all.ContainsKey(qube) || IsLeftOver(qube);

    /// <summary>Those of an earlier daemon.</summary>
    public IReadOnlyList<IQube> LeftOvers => [.. qubes.Where(q => IsLeftOver(q) && !all.ContainsKey(q))];

    /// <summary>Makes and starts one; it has to be ended with <see cref="EndAsync"/>, also when this fails.</summary>
    /// <param name="template">The disposable template.</param>
    /// <param name="start">Is asked when it starts.</param>
    /// <param name="made">Is given the disposable before anything of it can fail.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="QubesException">It could not be made, or did not come up.</exception>
    public async Task StartAsync(IQube template, IStartOfHidden start, Action<IQube> made, CancellationToken cancel)
    {
        var qube = await disposables.PrepareAsync(template, Hide, cancel);
        await qube.StartAsync(cancel);

        void Hide(IQube added)
        {
            all.Add(added, start);
            made(added);
            added.Features.Set(CloneFeatures.InProgress, CloneFeatures.True);
            added.Features.Set(CloneFeatures.Internal, CloneFeatures.True);
        }
    }

    /// <summary>Removes one, whatever state it is in; quiet when it is gone.</summary>
    public async Task EndAsync(IQube qube)
    {
        try
        {
            if (qube.Machine is not null)
                await qube.KillAsync(CancellationToken.None);
            if (qubes.TryFind(qube.Name, out var found) && found == qube)
                await qubes.RemoveAsync(qube, CancellationToken.None);
        }
        catch (QubesException e)
        {
            // Its machine may end by itself meanwhile, and take the qube with it.
            if (qubes.TryFind(qube.Name, out var left) && left == qube)
                Log.NotRemoved(log, qube.Name, e.Message);
        }
        finally
        {
            all.Remove(qube);
        }
    }

    private static bool IsLeftOver(IQube qube) =>
        qube.Class == QubeClass.DispVM && qube.Features.GetValueOrDefault(CloneFeatures.InProgress) is { Length: > 0 };
}
