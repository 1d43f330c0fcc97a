using System.Security.Cryptography;
using Qubes.Qrexec.Link;

namespace Qubes.Agent.Tests.Identity;

/// <summary>Identities to tell.</summary>
internal static class Identities
{
    public static LinkIdentity New(long time = 1_763_762_400_123_456_789) => new()
    {
        Seed = RandomNumberGenerator.GetBytes(LinkIdentity.SeedSize),
        Time = time,
        MachineId = new Guid("00112233-4455-4677-8899-aabbccddeeff"),
        BootId = new Guid("ffeeddcc-bbaa-4988-8766-554433221100"),
        IsAwaited = true,
        Name = "disp1234",
        Class = "DispVM",
        User = Environment.UserName,
    };
}
