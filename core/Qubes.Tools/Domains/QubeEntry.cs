namespace Qubes.Tools.Domains;

/// <summary>One line of <c>admin.vm.List</c> (spec: Admin API, section 6.4).</summary>
/// <param name="State">One of the power states of the domain model, section 7, e.g. <c>Running</c>.</param>
internal sealed record QubeEntry(string Name, string Class, string State, string Uuid)
{
    public bool IsAdmin => Class == "AdminVM";

    public bool IsHalted => State == "Halted";

    public bool IsPaused => State == "Paused";

    public bool IsSuspended => State == "Suspended";
}
