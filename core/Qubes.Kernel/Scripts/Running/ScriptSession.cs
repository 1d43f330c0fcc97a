using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Scripts.Offers;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Events;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>What a script finds as its own: notes what it registers.</summary>
internal sealed partial class ScriptSession(string name, TimeProvider time, ILogger log) : ScriptGlobals
{
    private readonly List<ScriptOffer> offers = [];
    private bool isSealed;

    public override string Name => name;

    public override TimeProvider Time => time;

    /// <summary>What was registered; no more is taken.</summary>
    public List<ScriptOffer> Seal()
    {
        isSealed = true;
        return [.. offers];
    }

    public override void Log(string text) => Scripts.Log.Said(log, text);

    public override void Policy(string name, Func<PreloadView, PreloadTarget> decide)
    {
        if (!PolicyName().IsMatch(name) || name is "static" or "adaptive")
            throw new ArgumentException($"A policy's name has small letters, digits and '-', begins with a letter, and is none of ours; not '{name}'", nameof(name));
        if (offers.OfType<PolicyOffer>().Any(o => o.Name == name))
            throw new ArgumentException($"The policy {name} is there already", nameof(name));
        Add(new PolicyOffer(name, Prepared(decide)));
    }

    public override void On<T>(Action<T> handler) => Add(new HandlerOffer<T>($"handler of {typeof(T).Name}", _ => true, Prepared(handler)));

    public override void On(string wireName, Action<QubesEvent> handler) =>
        Add(new HandlerOffer<QubesEvent>($"handler of {wireName}", e => NamePattern.Fits(wireName, e.WireName), Prepared(handler)));

    public override void Refuse<T>(Func<T, string?> reason) => Add(new RefusalOffer<T>(Prepared(reason)));

    public override void WarmUp(string templates, params string[] services) => Add(new WarmUpOffer(templates, [.. services]));

    public override void ChooseTemplate(Func<DisposableRequest, string?> choose) => Add(new ChooserOffer(Prepared(choose)));

    private void Add(ScriptOffer offer)
    {
        if (isSealed)
            throw new InvalidOperationException("A script registers at its top level only, once");
        offers.Add(offer);
    }

    // Compiled now, so that the first call does not take the time for it.
    private static T Prepared<T>(T called) where T : Delegate
    {
        ArgumentNullException.ThrowIfNull(called);
        RuntimeHelpers.PrepareDelegate(called);
        return called;
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex PolicyName();
}
