using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Policy;

public abstract class PolicyToolTests : BenchTests
{
    private protected const string Info =
        """
        {"domains": {
          "dom0": {"type": "AdminVM", "tags": [], "template_for_dispvms": false, "default_dispvm": null, "icon": "adminvm-black", "guivm": null,
                   "internal": null, "relayvm": null, "transport_rpc": null, "power_state": "Running", "uuid": "00000000-0000-0000-0000-000000000000"},
          "work": {"type": "AppVM", "tags": ["office"], "template_for_dispvms": false, "default_dispvm": "dvm", "icon": "appvm-red", "guivm": null,
                   "internal": null, "relayvm": null, "transport_rpc": null, "power_state": "Running", "uuid": "00000000-0000-4000-8000-000000000001"},
          "dvm": {"type": "AppVM", "tags": [], "template_for_dispvms": true, "default_dispvm": "dvm", "icon": "appvm-red", "guivm": null,
                  "internal": null, "relayvm": null, "transport_rpc": null, "power_state": "Halted", "uuid": "00000000-0000-4000-8000-000000000002"}
        }}
        """;

    private protected PolicyToolTests()
    {
        Directory.CreateDirectory(Fixed);
        Directory.CreateDirectory(Bench.Paths.Policy.Runtime);
    }

    private protected string Fixed => Bench.Paths.Policy.Fixed;

    private protected string Write(string path, string text)
    {
        var full = Path.Combine(Bench.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }
}
