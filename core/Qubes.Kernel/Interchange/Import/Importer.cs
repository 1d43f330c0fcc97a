using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Properties;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Kernel.Startup;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>
/// Puts a document into an empty state: builds the domain model from it as the daemon would, has every value checked by its
/// declaration, and only then writes, all in one turn. Used once, on the kernel loop, in place of loading the state.
/// </summary>
internal sealed class Importer(QubeRegistry qubes, KernelContext context, StateStore store)
{
    private readonly List<string> warnings = [];
    private readonly List<(DraftQube Draft, Qube Qube, PropertyEntry<Qube> Entry)> entries = [];

    /// <param name="document">What the file says.</param>
    /// <param name="keeps">Writes; else everything but that is done.</param>
    /// <exception cref="QubesException">Nothing is written: there are qubes already, or the document has what cannot be kept.</exception>
    public ImportReport Import(Document document, bool keeps)
    {
        var before = store.Load();
        if (before.Qubes.FirstOrDefault(q => q.Qid != qubes.AdminVm.Qid) is { } present)
            throw new QubesException(
                $"The state has qubes already, such as '{present.Name}': a file is imported only into one that has none but dom0");
        warnings.AddRange(document.LeftOut);
        var draft = Draft.Of(document, context.Paths, warnings);
        new StateLoader(qubes, context).Load(StateAssembly.Of(draft, before.Settings));
        var system = EnterProperties(document, draft);
        CheckProperties(system);
        WarnOfTheRest(document);
        var after = StateAssembly.Of(draft, before.Settings, entries.ToDictionary(e => e.Draft, e => e.Qube), qubes.System);
        if (keeps)
            StateAssembly.Replace(before, after, context.State);
        return new(after, warnings);
    }

    private PropertyEntry<QubeRegistry> EnterProperties(Document document, Draft draft)
    {
        var ids = draft.Qubes.Where(q => q.Source.Id.Length > 0).DistinctBy(q => q.Source.Id).ToDictionary(q => q.Source.Id, q => q.Name);
        foreach (var one in draft.Qubes)
        {
            var qube = (Qube)qubes.Find(one.Name);
            var entry = new PropertyEntry<Qube>(qube, $"'{qube.Name}'", qube.Properties, qubes, ids, warnings);
            entry.Enter(one.Source.Properties);
            EnterTexts(one.Source, qube);
            entries.Add((one, qube, entry));
        }
        var system = new PropertyEntry<QubeRegistry>(qubes, "the system", qubes.System, qubes, ids, warnings);
        system.Enter(document.Properties);
        return system;
    }

    // In this order: defaults follow templates and networks, so these must be sound before the first default is asked for.
    private void CheckProperties(PropertyEntry<QubeRegistry> system)
    {
        foreach (var (_, _, entry) in entries.Where(e => e.Qube.Properties.Declares("template")))
            entry.Check("template");
        NetworkLoops.Refuse(qubes);
        system.CheckAll();
        foreach (var (_, _, entry) in entries)
            entry.CheckAll();
    }

    private void EnterTexts(DocumentQube source, Qube qube)
    {
        foreach (var text in source.Texts.Where(t => !QubeDocuments.IsKnown(t.Key)))
            warnings.Add($"'{qube.Name}': the text of kind '{Node.Shown(text.Key)}' is not known here and left out");
        try
        {
            QubeDocuments.RequireNotes(source.Texts.FirstOrDefault(t => t.Key == QubeDocuments.Notes).Value ?? "");
            QubeDocuments.Restore(qube, source.Texts);
        }
        catch (QubesException e)
        {
            throw new QubesException($"It is refused: '{qube.Name}': {e.Message}", e);
        }
    }

    private void WarnOfTheRest(Document document)
    {
        if (!document.HasTexts && entries.Exists(e => e.Qube.HasNetvm))
            warnings.Add("firewall rules and notes are not part of such a file: every qube starts without notes and with a firewall that accepts all");
        foreach (var (_, qube, _) in entries.Where(e => e.Qube.Class == QubeClass.DispVM && e.Qube.Properties.Get(QubeProperties.AutoCleanup)))
            warnings.Add($"'{qube.Name}': it does not run and has auto_cleanup, so the daemon removes it when it starts");
    }
}
