namespace Qubes.Kernel.Domains.Rules;

/// <summary>Rules that join one part of the model to another by events, ahead of every plugin.</summary>
internal interface IDomainRules
{
    /// <summary>Begins to act on changes; loading the state is not one.</summary>
    void Attach();
}
