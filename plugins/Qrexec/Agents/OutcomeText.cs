using Qubes.Qrexec.Link;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>What a guest could not do, in words.</summary>
internal static class OutcomeText
{
    public static string Of(IdentityOutcome outcome) => outcome switch
    {
        IdentityOutcome.Malformed => "its agent does not understand the identity",
        IdentityOutcome.NotSealed => "it was not sealed",
        IdentityOutcome.FailedBefore => "it failed to take an identity before",
        IdentityOutcome.Generator => "neither /dev/random nor /dev/urandom is the random generator of its kernel",
        IdentityOutcome.Entropy => "fresh entropy could not be mixed in and credited",
        IdentityOutcome.Reseed => "the random generator of its kernel could not be reseeded",
        IdentityOutcome.Clock => "its clock could not be set",
        IdentityOutcome.HostName => "its host name could not be set",
        IdentityOutcome.MachineId => "its machine id could not be replaced",
        IdentityOutcome.BootId => "its boot id could not be replaced",
        IdentityOutcome.Sample => "the random generator of its kernel gave nothing",
        IdentityOutcome.Services => "its services did not end",
        _ => $"outcome {(int)outcome}",
    };
}
