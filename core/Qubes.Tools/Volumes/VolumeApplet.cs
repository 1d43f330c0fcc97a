using Qubes.Tools.Applets;

namespace Qubes.Tools.Volumes;

/// <summary><c>qvm-volume COMMAND</c>.</summary>
internal sealed class VolumeApplet() : ActionApplet(
    "qvm-volume", "Manage the storage volumes of qubes.",
    new ListVolumes(), new ShowVolume(), new ConfigureVolume(), new ResizeVolume(), new RevertVolume(), new ImportVolume());
