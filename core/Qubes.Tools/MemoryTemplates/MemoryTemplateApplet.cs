using Qubes.Tools.Applets;

namespace Qubes.Tools.MemoryTemplates;

/// <summary><c>qvm-memory-template COMMAND</c>.</summary>
internal sealed class MemoryTemplateApplet() : ActionApplet(
    "qvm-memory-template", "Look after the frozen machines that disposables start as copies of.",
    new ListTemplates(), new BuildTemplates(), new DiscardTemplates())
{
    public override string Details => """
        Where the hypervisor can, a disposable starts as a copy of one that was booted, warmed up and frozen before: the memory
        template of its disposable template. It is made in the background after the first boot, and anew when anything that it
        was made from changes. The feature disposable-clone of a disposable template refuses copies (0) or has them share no
        memory (private).

        The states are: ready; building; outdated, the last disposable that asked differs from what it was made from; refused, a
        copy did not take an identity of its own, so that there are no more copies until something changes or build is called;
        failed, none could be made, and it is tried again; none; off, its owner refuses copies.
        """;
}
