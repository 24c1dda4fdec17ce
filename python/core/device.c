/* device: what packets can be captured on. */
#include "io.h"

#include <arpa/inet.h>

static PyObject *address_text(bool has, uint32_t number)
{
    struct in_addr address = { .s_addr = htonl(number) };
    char text[INET_ADDRSTRLEN];

    if (!has)
        return Py_NewRef(Py_None);
    return PyUnicode_FromString(inet_ntop(AF_INET, &address, text, sizeof text) != NULL ? text : "");
}

static PyObject *one_device(const struct spk_device *device)
{
    PyObject *address = address_text(device->has_ip4, device->ip4);
    PyObject *netmask = address_text(device->has_ip4, device->netmask);
    PyObject *name = PyUnicode_DecodeFSDefault(device->name);

    if (address == NULL || netmask == NULL || name == NULL) {
        Py_XDECREF(address);
        Py_XDECREF(netmask);
        Py_XDECREF(name);
        return NULL;
    }
    return Py_BuildValue("{sNszsNsNsNsNsN}", "name", name, "description", device->doc, "address", address, "netmask",
                         netmask, "loopback", PyBool_FromLong((device->flags & SPK_DEVICE_LOOPBACK) != 0), "up",
                         PyBool_FromLong((device->flags & SPK_DEVICE_UP) != 0), "running",
                         PyBool_FromLong((device->flags & SPK_DEVICE_RUNNING) != 0));
}

static PyObject *list_devices(PyObject *module, PyObject *nothing)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_device *devices;
    struct spk_error error;
    enum spk_status status;
    size_t count;

    (void)nothing;
    Py_BEGIN_ALLOW_THREADS;
    status = spk_device_list(message, &devices, &count, &error);
    Py_END_ALLOW_THREADS;
    if (status != SPK_OK)
        return core_raise(core_state_of(module), &error);
    PyObject *list = PyList_New(0);
    for (size_t i = 0; i < count && list != NULL; i++) {
        PyObject *one = one_device(&devices[i]);
        if (one == NULL || PyList_Append(list, one) < 0)
            Py_CLEAR(list);
        Py_XDECREF(one);
    }
    spk_device_list_free(devices);
    return list;
}

static PyMethodDef functions[] = {
    { "devices", list_devices, METH_NOARGS,
      "devices()\n--\n\nWhat packets can be captured on, those that are up first: dicts with name, description, "
      "address and\n"
      "netmask (IPv4, None without), loopback, up, running." },
    { NULL, NULL, 0, NULL },
};

int core_add_devices(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
