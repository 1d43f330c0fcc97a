namespace Qubes.Kernel.Scripts.Offers;

/// <summary>Something that decides about access.</summary>
internal interface IAccessDecision
{
    bool IsOfAdminCalls { get; }
}
