namespace Qubes.Kernel.Store;

/// <summary>
/// Records changes of domain state. Used on the kernel loop; what one turn writes becomes durable together, in order, when
/// the turn ends. Text is Unicode without NUL. Deleting what is not there is allowed.
/// </summary>
internal interface IStateWriter
{
    /// <summary>Adds a qube, or changes its row; what belongs to it is kept.</summary>
    void PutQube(StoredQube qube);

    /// <summary>Deletes a qube with its properties, features, tags and volumes.</summary>
    void DeleteQube(int qid);

    /// <summary>Stores an explicit value; null is an explicit "none", which differs from an absent one.</summary>
    /// <exception cref="InvalidOperationException">There is no such qube (also for the other parts of a qube).</exception>
    void PutProperty(int qid, string name, string? value);

    /// <summary>Back to the default.</summary>
    void DeleteProperty(int qid, string name);

    /// <summary>Stores a feature: a new one after all others of the qube, one that exists in its place.</summary>
    void PutFeature(int qid, string name, string value);

    /// <summary>Deletes a feature.</summary>
    void DeleteFeature(int qid, string name);

    /// <summary>Adds a tag, which may be there already.</summary>
    void PutTag(int qid, string tag);

    /// <summary>Deletes a tag.</summary>
    void DeleteTag(int qid, string tag);

    /// <summary>Adds a volume or changes its row.</summary>
    void PutVolume(StoredVolume volume);

    /// <summary>Deletes a volume.</summary>
    void DeleteVolume(int qid, string name);

    /// <summary>Stores a longer text of a qube, such as its notes.</summary>
    void PutDocument(int qid, string kind, string content);

    /// <summary>Deletes a longer text.</summary>
    void DeleteDocument(int qid, string kind);

    /// <summary>Stores an explicit value of the system; null is an explicit "none".</summary>
    void PutSystemProperty(string name, string? value);

    /// <summary>Back to the default.</summary>
    void DeleteSystemProperty(string name);

    /// <summary>Adds a pool, or replaces its driver and all its options.</summary>
    void PutPool(StoredPool pool);

    /// <summary>Deletes a pool.</summary>
    void DeletePool(string name);

    /// <summary>Adds a label or changes its row.</summary>
    void PutLabel(StoredLabel label);

    /// <summary>Deletes a label.</summary>
    void DeleteLabel(int index);

    /// <summary>Stores a fact of the kernel's own, such as a counter.</summary>
    void PutSetting(string key, string value);
}
