using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Disposables;

/// <summary>Extension point: knows of disposables that were announced and not asked for yet. Used on the kernel loop.</summary>
public interface IAnnouncedDemand
{
    /// <summary>How many of the template are still to come; 0 or more.</summary>
    int AnnouncedOf(IQube template);
}
